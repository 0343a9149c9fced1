/**
 * Goal: Text fits the terminal, and what a person copies out of it stays in one piece.
 * Method: Short and long texts are broken at stated widths.
 */
import { expect, test } from "vitest";
import { wrap, wrapBehind } from "../../../harness/report/wrap.ts";

test("a text is broken at blanks, as late as it fits", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("one two three", 6)).toEqual(["one", "two", "three"]);
  expect(wrap("one two three", 13)).toEqual(["one two three"]);
});

test("a word longer than the line stays whole", () => {
  expect(wrap("see postgres://host:5432/name now", 8)).toEqual([
    "see",
    "postgres://host:5432/name",
    "now",
  ]);
});

test("line breaks and runs of blanks of the text stay", () => {
  expect(wrap("a  b\n\n  c", 20)).toEqual(["a  b", "", "  c"]);
});

test("further lines stand under the text behind its label", () => {
  const text = "eleven apples and twelve pears came back";

  expect(wrapBehind("expected  ", text, 40)).toBe(
    "expected  eleven apples and twelve pears\n          came back",
  );
});

test("however narrow the terminal, lines keep a readable length", () => {
  expect(wrapBehind("expected  ", "eleven apples and twelve pears", 12)).toBe(
    "expected  eleven apples and twelve pears",
  );
});
