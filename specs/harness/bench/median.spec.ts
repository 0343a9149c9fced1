/**
 * Goal: The median is the middle value, whatever order the values come in.
 * Method: Examples of odd and even numbers of values, and of none.
 */
import { expect, test } from "vitest";
import { median } from "../../../harness/bench/median.ts";

test("of an odd number it is the one in the middle", () => {
  expect([median([7]), median([30, 1, 2]), median([5, 1, 9, 3, 7])]).toEqual([7, 2, 5]);
});

test("of an even number it lies half-way between the two in the middle", () => {
  expect([median([2, 1]), median([100, 1, 3, 2])]).toEqual([1.5, 2.5]);
});

test("of nothing there is none", () => {
  expect(() => median([])).toThrow("no median");
});
