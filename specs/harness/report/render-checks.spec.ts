/**
 * Goal: a person sees at a glance which checks say no, and why; a long text stays in its column, with colours or without.
 * Method: checks are rendered with palettes that name their colours, at widths that break the text.
 */
import { describe, expect, test } from "vitest";
import type { Check } from "../../../harness/report/production-record.ts";
import { renderCheck, renderOverall } from "../../../harness/report/render-checks.ts";
import { namedColours, plain } from "./example-laws.ts";

const check: Check = {
  name: "drift",
  verdict: "no-go",
  says: "the schema is not what was rehearsed",
  details: ["- index shop.part_idx"],
};

describe("a check", () => {
  test("that says no shows what it was found on", () => {
    expect(renderCheck(check, plain)).toBe(
      "✗ drift                  the schema is not what was rehearsed\n      - index shop.part_idx",
    );
  });

  test("that is go shows no details", () => {
    expect(renderCheck({ ...check, verdict: "go" }, plain)).toBe(
      "✓ drift                  the schema is not what was rehearsed",
    );
  });

  test("is broken into its column, whatever its colours", () => {
    const [first, second] = renderCheck(check, namedColours, 60).split("\n");

    expect(first).toBe("bad(✗) drift                  the schema is not what was");
    expect(second).toBe(`${" ".repeat(25)}rehearsed`);
  });

  test("leaves most of many details to the record", () => {
    const details = Array.from({ length: 20 }, (_, index) => `- ${index}`);

    expect(renderCheck({ ...check, details }, plain)).toMatch(/- 11\n {6}… 8 more in the record$/);
  });
});

test("the end names those that decide", () => {
  const unknown: Check = { ...check, name: "redis", verdict: "unknown" };

  expect(renderOverall("go", [], plain)).toBe("go");
  expect(renderOverall("no-go", [check, unknown], plain)).toBe("no go: drift; cannot tell: redis");
  expect(renderOverall("unknown", [unknown], plain)).toBe("cannot tell: redis");
});
