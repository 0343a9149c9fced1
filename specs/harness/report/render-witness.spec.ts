/**
 * Goal: A witness reads as a story: what was claimed, expected and seen, and the steps that lead there.
 * Method: One witness is rendered whole and narrow.
 */
import { expect, test } from "vitest";
import { renderWitness } from "../../../harness/report/render-witness.ts";
import { broken, witness } from "./example-laws.ts";

test("a witness shows claim, trial, what was expected and what happened, and the steps in order", () => {
  expect(renderWitness(broken, witness)).toBe(
    [
      "lock.exclusive",
      "  claim     no two holders ever hold an unexpired lease on one name",
      "  trial     a name that somebody holds",
      "  expected  one holder of alpha",
      "  happened  ben was told true while ann holds alpha",
      "  steps",
      "    1. ann    select acquire_lock('alpha', 'ann', 600)  →  true",
      "    2. clock  2 s pass",
      "    3. ben    select acquire_lock('alpha', 'ben', 600)  →  true",
    ].join("\n"),
  );
});

test("without steps there is no empty list of them", () => {
  expect(renderWitness(broken, { ...witness, steps: [] })).not.toContain("steps");
});

test("a witness that a race showed says that another run may differ", () => {
  const raced = { ...witness, repeatable: false };

  expect(renderWitness(broken, raced)).toContain("a real race showed this");
  expect(renderWitness(broken, witness)).not.toContain("a real race");
});

test("on a narrow terminal no line is longer than it, and steps stand under themselves", () => {
  const lines = renderWitness(broken, witness, 60).split("\n");

  expect(lines.filter((line) => line.length > 60)).toEqual([]);
  expect(lines).toContain("    1. ann    select acquire_lock('alpha', 'ann', 600)  →");
  expect(lines).toContain("              true");
});

test("of many steps the first and the last are shown, and how many are left out", () => {
  const steps = Array.from({ length: 60 }, (_, index) => ({
    who: "ann",
    does: `step-${index + 1}`,
    answer: "",
  }));

  const lines = renderWitness(broken, { ...witness, steps }).split("\n");

  expect(lines.slice(6)).toHaveLength(8 + 1 + 16);
  expect(lines).toContain("     8. ann  step-8");
  expect(lines).toContain("    ..  36 steps more, all of them in verify.json");
  expect(lines).toContain("    45. ann  step-45");
  expect(lines.at(-1)).toBe("    60. ann  step-60");
});
