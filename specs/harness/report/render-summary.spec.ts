/**
 * Goal: The end of a run tells every law's verdict, the witness of each broken one, and how to see it again.
 * Method: Reports with a law of each verdict are rendered for wide and narrow terminals.
 */
import { expect, test } from "vitest";
import type { LawReport } from "../../../harness/report/law-report.ts";
import { renderSummary } from "../../../harness/report/render-summary.ts";
import {
  broken,
  evidence,
  holding,
  namedColours,
  notRun,
  plain,
  reportOf,
  unknown,
  witness,
} from "./example-laws.ts";

test("the table has a line for each law, with its evidence or the reason", () => {
  const lines = renderSummary(reportOf(holding, unknown, notRun), plain, 100).split("\n");

  expect(lines.slice(0, 4)).toEqual([
    "law          verdict    evidence",
    "lock.live    ✓ holds    40 runs, 6 schedules, 480 raced, 1 comparison",
    "lock.fenced  ? unknown  The trial did not meet a restart.",
    "replay.flow  ? not run  there is no Redis here",
  ]);
});

test("long evidence is broken inside its column", () => {
  const reason =
    "neither redis-server nor valkey-server is on the PATH, and Docker does not answer";
  const lines = renderSummary(reportOf({ ...notRun, reason }), plain, 60).split("\n");

  expect(lines.slice(1, 4)).toEqual([
    "replay.flow  ? not run  neither redis-server nor",
    "                        valkey-server is on the PATH, and",
    "                        Docker does not answer",
  ]);
});

test("a broken law's witness closes with one whole command, and the kept database if there is one", () => {
  const command = `npx -y pnpm verify --law lock.exclusive --seed 7 --migrations ${"deep/".repeat(20)}`;
  const kept = "postgres://deployer@%2Ftmp%2Fx:5432/c1";
  const text = renderSummary(
    reportOf({ ...broken, witness: { ...witness, command, kept } }),
    plain,
    80,
  );

  expect(text).toContain("✗ lock.exclusive\n  claim     no two holders ever hold");
  expect(text).toContain(`\n  again     ${command}\n`);
  expect(text).toContain(`\n  kept      psql '${kept}'\n`);
});

test("the totals name what is red, and no law that holds hides one that was not run", () => {
  expect(totals(holding)).toBe("022_hardening: good(1 hold), 0 broken");
  expect(totals(holding, broken, unknown, notRun)).toBe(
    "022_hardening: good(1 hold), bad(1 broken), doubtful(1 unknown), doubtful(1 not run)",
  );
});

test("the last line says with what the run can be repeated", () => {
  const last = renderSummary(reportOf(holding), plain, 200).split("\n").at(-1);

  expect(last).toBe("seed 7, default effort, PostgreSQL 18.4, Redis 8.2 (local), 9.4 s");
});

test("a note on the evidence stands once under the table, with the laws it is about", () => {
  const noted = { ...evidence, notes: ["an embedded server was killed instead"] };
  const text = renderSummary(
    reportOf({ ...holding, evidence: noted }, { ...unknown, evidence: noted }, broken, notRun),
    plain,
    100,
  );

  expect(text).toContain("note: an embedded server was killed instead (lock.live, lock.fenced)\n");
});

test("a note on every law does not list them", () => {
  const noted = { ...evidence, notes: ["rights were lent"] };
  const laws = [
    { ...holding, evidence: noted },
    { ...broken, evidence: noted },
  ];

  expect(renderSummary(reportOf(...laws, notRun), plain, 100)).toContain(
    "note: rights were lent (every law)\n",
  );
});

function totals(...laws: LawReport[]): string {
  return (
    renderSummary(reportOf(...laws), namedColours, 200)
      .split("\n")
      .at(-2) ?? ""
  );
}
