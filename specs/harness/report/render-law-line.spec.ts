/**
 * Goal: While a run goes on, one look tells which laws hold, and of the others what is the matter.
 * Method: A law of each verdict is rendered, with colours spelled out.
 */
import { expect, test } from "vitest";
import { renderEvidence, renderLawLine } from "../../../harness/report/render-law-line.ts";
import { broken, evidence, holding, namedColours, notRun, plain, unknown } from "./example-laws.ts";

test("a law that holds is one line of sign, id and time", () => {
  expect(renderLawLine(holding, namedColours)).toBe(
    "good(✓) lock.live                        412 ms",
  );
});

test("a broken law tells what happened", () => {
  expect(renderLawLine(broken, namedColours).split("\n")).toEqual([
    "bad(✗) lock.exclusive                   412 ms",
    "  broken: ben was told true while ann holds alpha",
  ]);
});

test("an unknown law and one that was not run tell why, and are never good", () => {
  expect(renderLawLine(unknown, namedColours).split("\n")).toEqual([
    "doubtful(?) lock.fenced                      412 ms",
    "  unknown: The trial did not meet a restart.",
  ]);
  expect(renderLawLine(notRun, namedColours).split("\n")).toEqual([
    "doubtful(?) replay.flow                           -",
    "  not run: there is no Redis here",
  ]);
});

test("a long reason is broken under itself", () => {
  const long = { ...unknown, reason: "the server went away before the trial had met what it must" };

  expect(renderLawLine(long, plain, 40).split("\n").slice(1)).toEqual([
    "  unknown: the server went away before",
    "           the trial had met what it must",
  ]);
});

test("evidence names what was tried and leaves out what was not", () => {
  expect(renderEvidence(evidence)).toBe("40 runs, 6 schedules, 480 raced, 1 comparison");
});

test("evidence tells of how many programs every schedule was run", () => {
  const explored = { programs: 5, exhausted: 3, run: 40, pruned: 90, leftOut: 2 };

  expect(renderEvidence({ ...evidence, explored })).toMatch(/5 programs, 3 under every schedule$/);
  expect(renderEvidence({ ...evidence, explored: { ...explored, exhausted: 0 } })).toMatch(
    /1 comparison, 5 programs$/,
  );
});
