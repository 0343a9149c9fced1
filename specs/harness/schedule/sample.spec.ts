/**
 * Goal: Of programs with too many schedules to run them all, the ones that are drawn meet what needs a change of turns or
 * two, are the same for the same numbers, and are never called all.
 * Method: Three sessions on a small store in memory.
 */
import { expect, test } from "vitest";
import { createRandom } from "../../../harness/explore/random.ts";
import { sample } from "../../../harness/schedule/sample.ts";
import { SmallStore, type Operation } from "./small-store.ts";

const increment: readonly Operation[] = [
  { kind: "read", variable: "x" },
  { kind: "write", variable: "x" },
  { kind: "commit" },
];

test("what needs one change of turns is met", async () => {
  const { ends, report } = await draw({ runs: 40, changes: 2 });

  expect(report).toEqual({ run: 40, pruned: 0, leftOut: 0, strayed: 0, exhausted: false });
  expect(ends.filter((end) => isUpdateLost(end))).not.toEqual([]);
  expect(ends.filter((end) => !isUpdateLost(end))).not.toEqual([]);
});

test("without a change of turns one session after the other comes to its end", async () => {
  const { ends, preemptions } = await draw({ runs: 40, changes: 0 });

  expect(preemptions.every((count) => count === 0)).toBe(true);
  expect(ends.filter((end) => isUpdateLost(end))).toEqual([]);
  expect(new Set(ends).size).toBeGreaterThan(1);
});

test("the same numbers draw the same", async () => {
  expect(await draw({ runs: 20, changes: 2 })).toEqual(await draw({ runs: 20, changes: 2 }));
});

test("no more is drawn once something was found", async () => {
  const { report } = await draw({ runs: 40, changes: 2, stopAt: 3 });

  expect(report.run).toBe(3);
});

async function draw({ runs, changes, stopAt }: { runs: number; changes: number; stopAt?: number }) {
  const random = createRandom(5);
  const ends: string[] = [];
  const preemptions: number[] = [];
  let store = new SmallStore([]);
  const report = await sample(
    {
      begin: async () => (store = new SmallStore([increment, increment, increment])),
      async finish(_, counted) {
        ends.push(store.state());
        preemptions.push(counted);
        return ends.length !== stopAt;
      },
      abandon: async () => {},
    },
    { runs, sessions: 3, changes },
    () => random.below(1000) / 1000,
  );
  return { report, ends, preemptions };
}

/** Each adds what it is to what it read: with all three there, nobody's update is lost. */
function isUpdateLost(state: string): boolean {
  const [written = ""] = state.split(" ");
  return !["0", "1", "2"].every((session) => written.includes(`+${session}`));
}
