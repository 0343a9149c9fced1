/**
 * Goal: Characters, bytes and UTF-16 units are never taken for one another.
 * Method: A text whose characters have one, two, three and four bytes.
 */
import { expect, test } from "vitest";
import { offsetOfCharacter, offsetsOfBytes, positionAt } from "../../../harness/source/position.ts";

const text = "aü\n漢😀z";

test("a place is a line and a column of characters, both from 1", () => {
  expect(positionAt(text, text.indexOf("z"))).toEqual({ line: 2, column: 3 });
  expect(positionAt(text, 0)).toEqual({ line: 1, column: 1 });
});

test("characters are counted as the server counts them", () => {
  expect(offsetOfCharacter(text, 5)).toBe(text.indexOf("z"));
  expect(offsetOfCharacter(text, 99)).toBe(text.length);
});

test("bytes are counted as the parser counts them", () => {
  const bytes = ["ü", "漢", "😀", "z"].map((word) => Buffer.from(text).indexOf(word));

  expect(offsetsOfBytes(text, bytes)).toEqual(
    ["ü", "漢", "😀", "z"].map((word) => text.indexOf(word)),
  );
  expect(offsetsOfBytes("plain", [0, 3, 5])).toEqual([0, 3, 5]);
});
