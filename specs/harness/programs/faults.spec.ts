/**
 * Goal: A call that is struck at a gate counts as made if and only if the server committed it, and its caller, who calls
 * again, finds what any caller would find.
 * Method: Every schedule of two calls, one of which is struck at each of its gates or before its commit; functions that
 * keep to that, and one that forgets what a call that was struck had done.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Explored, exploreProgram } from "../../../harness/programs/explore-program.ts";
import { describeFault, type Fault, type FaultKind } from "../../../harness/programs/fault.ts";
import type { Lane } from "../../../harness/programs/lane.ts";
import type { Program } from "../../../harness/programs/program.ts";
import { beginRun } from "../../../harness/programs/program-run.ts";
import { choosing, follow } from "../../../harness/schedule/follow.ts";
import { openScratchTenancy } from "../postgres/scratch-tenancy.ts";
import { left, openSeats, pair, struck } from "./seats.ts";

const resources = new AsyncDisposableStack();
let lane: Lane;
beforeAll(async () => {
  const scratch = resources.use(await openScratchTenancy());
  lane = await openSeats(scratch, resources);
});
afterAll(() => resources.disposeAsync());

describe.for<FaultKind>(["cancel", "terminate", "drop"])("a session that is struck: %s", (kind) => {
  test.for<Fault["gate"]>(kind === "drop" ? ["last"] : [2, "last"])(
    "at gate %s a sound function leaves one seat to one",
    async (gate) => {
      const program = struck("take", { kind, gate, session: 0 });

      const { report, breach } = await explore(program);

      expect(breach).toBeUndefined();
      expect(report.exhausted).toBe(true);
    },
  );
});

test.for([
  { kind: "cancel", gate: "last", answer: "57014", fate: "aborted" },
  { kind: "terminate", gate: "last", answer: "57P01", fate: "aborted" },
  { kind: "drop", gate: "last", answer: "lost", fate: "committed" },
  { kind: "cancel", gate: 2, answer: "57014", fate: "aborted" },
] as const)(
  "after $kind at gate $gate the server tells: $fate",
  async ({ answer, fate, ...fault }) => {
    const run = await beginRun(lane, struck("take", { ...fault, session: 0 }));

    await follow(run, choosing([]));

    const [first, second] = run.records()[0] ?? [];
    const told = first?.answer.kind === "error" ? first.answer.sqlstate : first?.answer.kind;
    expect(told).toBe(answer);
    expect(first?.fate).toBe(fate);
    expect(second).toMatchObject({ answer: { rows: [{ answer: fate === "aborted" }] } });
    expect(run.told().map(({ does }) => does)).toContain(describeFault(fault.kind));
  },
);

test("what a session keeps of a call that was cancelled is found, and only that way", async () => {
  const { breach: sound } = await explore(pair("take_guarded"));
  const { breach } = await explore(struck("take_guarded", { kind: "cancel", gate: 2, session: 0 }));

  expect(sound).toBeUndefined();
  expect(breach).toMatchObject({ repeats: true });
  expect(breach?.told.map(({ does }) => does)).toContain(describeFault("cancel"));
});

function explore(program: Program): Promise<Explored> {
  return exploreProgram(lane, program, left, { reduce: true });
}
