/**
 * Goal: A schedule can be replayed by its names, read from a list of numbers that shrinks to fewer preemptions, or drawn
 * at random so that every ordering turns up.
 * Method: Programs on a small store in memory.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../../harness/explore/random.ts";
import {
  choosing,
  follow,
  type Guide,
  prioritizing,
  replaying,
} from "../../../harness/schedule/follow.ts";
import { SmallStore, type Operation } from "./small-store.ts";

const increment: readonly Operation[] = [
  { kind: "read", variable: "x" },
  { kind: "write", variable: "x" },
  { kind: "commit" },
];

async function run(guide: Guide) {
  const store = new SmallStore([increment, increment]);
  const taken = await follow(store, guide);
  return {
    ...taken,
    told: taken.schedule.map(({ session }) => session).join(""),
    state: store.state(),
  };
}

test("what was run once is run again by its names", async () => {
  const once = await run(choosing([0, 1, 1]));
  const again = await run(replaying(once.schedule));

  expect(again).toEqual(once);
});

test("a schedule that does not fit any more is not followed to its end", async () => {
  const { schedule, ended } = await run(
    replaying([
      { session: 0, from: "0" },
      { session: 0, from: "elsewhere" },
    ]),
  );

  expect({ schedule, ended }).toEqual({ schedule: [{ session: 0, from: "0" }], ended: false });
});

test("zeroes let one session after the other run to its end", async () => {
  expect((await run(choosing([]))).told).toBe("000111");
});

test("numbers shrink to the schedule with the fewest preemptions that still shows it", async () => {
  const details = await fc.check(
    fc.asyncProperty(fc.array(fc.nat({ max: 3 }), { maxLength: 6 }), async (choices) => {
      expect(isUpdateLost((await run(choosing(choices))).state)).toBe(false);
    }),
    { seed: 1 },
  );
  const [shrunk] = details.counterexample ?? [[]];

  expect((await run(choosing(shrunk))).told).toMatch(/^(?:01|10)/);
  expect(shrunk.filter((choice) => choice !== 0)).toHaveLength(1);
});

test("priorities with changes meet every end, and with the same numbers the same", async () => {
  const ends = await drawEnds(3);

  expect([...new Set(ends)].toSorted()).toEqual([
    "x=0+0 0 0",
    "x=0+0+1 0 0+0",
    "x=0+1 0 0",
    "x=0+1+0 0+1 0",
  ]);
  expect(await drawEnds(3)).toEqual(ends);
});

async function drawEnds(seed: number): Promise<readonly string[]> {
  const random = createRandom(seed);
  const ends: string[] = [];
  for (let drawn = 0; drawn < 200; drawn += 1) {
    const guide = prioritizing(
      { sessions: 2, steps: 6, changes: 2 },
      () => random.below(1000) / 1000,
    );
    ends.push((await run(guide)).state);
  }
  return ends;
}

function isUpdateLost(state: string): boolean {
  return !state.includes("x=0+0+1") && !state.includes("x=0+1+0");
}
