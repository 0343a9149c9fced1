/**
 * Goal: A patch changes exactly one place of a text, or says why it cannot.
 * Method: Small texts with the wanted lines once, never and twice.
 */
import { expect, test } from "vitest";
import { patchSource } from "../../../harness/source/patch.ts";

const text =
  "begin\n    if held then\n        return false;\n    end if;\n    return true;\nend;\n";

test("replaces whole lines, indented as the place they go to", () => {
  const patch = {
    find: "if held then\n    return false;\nend if;",
    replace: "if held then\n    null;\nend if;",
  };

  const patched = patchSource(text, patch, "a.sql");

  expect(patched).toBe(
    "begin\n    if held then\n        null;\n    end if;\n    return true;\nend;\n",
  );
});

test("takes lines out when nothing is put in", () => {
  const patched = patchSource(text, { find: "\n  return true;  \n\n", replace: "\n" }, "a.sql");

  expect(patched).toBe("begin\n    if held then\n        return false;\n    end if;\nend;\n");
});

test("finds lines in a text with CRLF", () => {
  const patched = patchSource("a;\r\nb;\r\nc;\r\n", { find: "b;", replace: "x;" }, "a.sql");

  expect(patched).toBe("a;\r\nx;\nc;\r\n");
});

test("says where the nearest place differs when the lines are not there", () => {
  const patch = { find: "if held then\nreturn null;", replace: "" };

  expect(() => patchSource(text, patch, "a.sql")).toThrow(
    'a.sql: the 2 lines from "if held then" on stand there 0 times, not once. ' +
      'Line 3 reads "return false;" where "return null;" is wanted.',
  );
});

test("does not take part of a line for the line", () => {
  expect(() => patchSource(text, { find: "held", replace: "" }, "a.sql")).toThrow(
    'the line from "held" on stand there 0 times',
  );
});

test("counts the places when there is more than one", () => {
  expect(() => patchSource("a;\nb;\n  a;\n", { find: "a;", replace: "" }, "a.sql")).toThrow(
    'a.sql: the line from "a;" on stand there 2 times (lines 1, 3), not once. Take out more lines.',
  );
});

test("refuses to take out nothing", () => {
  expect(() => patchSource(text, { find: " \n", replace: "x" }, "a.sql")).toThrow(
    "A patch of a.sql takes out no line.",
  );
});
