/**
 * Goal: An excerpt shows the line in question with the caret below the right character.
 * Method: Lines that move a caret: tabs, wide characters, great length, ends of files.
 */
import { expect, test } from "vitest";
import { excerpt } from "../../../harness/source/excerpt.ts";

test("shows the line under its number and the caret below the character", () => {
  const text = "select 1;\nselect nothing;\n";

  expect(excerpt(text, text.indexOf("nothing"))).toBe("   2 | select nothing;\n     |        ^");
});

test("keeps tabs before the caret and blanks twice as wide for wide characters", () => {
  const text = "\t'漢😀ü' here";

  expect(excerpt(text, text.indexOf("here"))).toBe("   1 | \t'漢😀ü' here\n     | \t        ^");
});

test("points behind the last word when the end of the file is meant", () => {
  expect(excerpt("select\n\n", 8)).toBe("   1 | select\n     |       ^");
});

test("leaves out the carriage return and hides control characters", () => {
  expect(excerpt("a \u001b[31m b\r\nc", 0)).toBe("   1 | a \uFFFD[31m b\n     | ^");
});

test.each([
  ["start", 2, "   1 | xxH", "x…"],
  ["middle", 500, "   1 | …x", "x…"],
  ["end", 990, "   1 | …x", "xxx"],
])("cuts a long line round a caret near its %s", (_, at, start, end) => {
  const text = `${"x".repeat(at)}H${"x".repeat(1000 - at)}`;

  const [line = "", caret = ""] = excerpt(text, at).split("\n");

  expect(line.startsWith(start)).toBe(true);
  expect(line.endsWith(end)).toBe(true);
  expect(line.length).toBeLessThan(112);
  expect(line[caret.indexOf("^")]).toBe("H");
});
