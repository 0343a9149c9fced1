/**
 * Goal: The search runs every schedule of a program once, and the reduced search leaves none out that ends differently.
 * Method: Programs on a small store in memory, some with a known number of schedules and many random ones; full and
 * reduced search must meet the same set of ends.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Schedule, Step, Stride, Taken } from "../../../harness/schedule/execution.ts";
import { anything, type Footprint } from "../../../harness/schedule/footprint.ts";
import { search, type SearchBounds } from "../../../harness/schedule/search.ts";
import { SmallStore, type Operation } from "./small-store.ts";

const read = (variable: string): Operation => ({ kind: "read", variable });
const write = (variable: string): Operation => ({ kind: "write", variable });
const commit: Operation = { kind: "commit" };

const anyStep = fc.oneof(
  fc.record({
    kind: fc.constantFrom("read" as const, "write" as const),
    variable: fc.constantFrom("x", "y"),
  }),
  fc.record({ kind: fc.constantFrom("commit" as const, "rollback" as const) }),
);
const anyScript = fc
  .array(anyStep, { minLength: 1, maxLength: 3 })
  .map((steps) => steps.concat(commit));
const anyPrograms = fc.array(anyScript, { minLength: 2, maxLength: 3 });

async function searchStore(
  programs: readonly (readonly Operation[])[],
  bounds: SearchBounds,
  open: () => SmallStore = () => new SmallStore(programs),
) {
  let store = new SmallStore([]);
  const schedules: Schedule[] = [];
  const ends = new Set<string>();
  let most = 0;
  const report = await search(
    {
      begin: async () => (store = open()),
      async finish(schedule, preemptions) {
        schedules.push(schedule);
        most = Math.max(most, preemptions);
        ends.add(store.state());
        return true;
      },
      abandon: async () => {},
    },
    bounds,
  );
  return { report, ends, schedules, most };
}

describe("without reduction", () => {
  test("three steps beside three are twenty schedules, each run once", async () => {
    const reader = [read("x"), read("x"), commit];
    const { report, schedules, most } = await searchStore([reader, reader], { reduce: false });

    expect(report).toEqual({ run: 20, pruned: 0, leftOut: 0, strayed: 0, exhausted: true });
    const told = schedules.map((schedule) => schedule.map(({ session }) => session).join(""));
    expect(new Set(told).size).toBe(20);
    // 010101: each goes on to its end but for the other's turn.
    expect(most).toBe(4);
  });

  test("who waits takes no step, and the lost update is among the ends", async () => {
    const increment = [read("x"), write("x"), commit];
    const { report, ends } = await searchStore([increment, increment], { reduce: false });

    expect(report.exhausted).toBe(true);
    expect([...ends].toSorted()).toEqual([
      "x=0+0 0 0",
      "x=0+0+1 0 0+0",
      "x=0+1 0 0",
      "x=0+1+0 0+1 0",
    ]);
  });

  test("two that lock crosswise end by one being rolled back, and the search goes on", async () => {
    const programs = [
      [write("x"), write("y"), commit],
      [write("y"), write("x"), commit],
    ];
    const { report, ends } = await searchStore(programs, { reduce: false });

    expect(report.exhausted).toBe(true);
    expect([...ends].toSorted()).toEqual(["x=0+0 y=0+0 0 0", "x=0+1 y=0+1 0 0"]);
  });

  test("with at most no preemption, each session goes on until it ends or waits", async () => {
    const reader = [read("x"), read("x"), commit];
    const { report, most } = await searchStore([reader, reader], { reduce: false, preemptions: 0 });

    expect(most).toBe(0);
    expect(report).toMatchObject({ run: 2, exhausted: false });
    expect(report.leftOut).toBeGreaterThan(0);
  });

  test("a bound on runs is kept, and then nothing is said to be exhausted", async () => {
    const reader = [read("x"), read("x"), commit];
    const { report } = await searchStore([reader, reader], { reduce: false, runs: 7 });

    expect(report).toMatchObject({ run: 7, exhausted: false });
  });
});

describe("with reduction", () => {
  test("sessions that share nothing need one schedule", async () => {
    const programs = ["x", "y", "z"].map((each) => [read(each), write(each), commit]);
    const { report } = await searchStore(programs, { reduce: true });

    expect(report).toMatchObject({ run: 1, exhausted: true });
  });

  test("it meets the same ends as the full search, in no more runs, in any program", async () => {
    let fewer = 0;
    await fc.assert(
      fc.asyncProperty(anyPrograms, async (programs) => {
        const full = await searchStore(programs, { reduce: false, runs: 4_000 });
        fc.pre(full.report.exhausted);
        const reduced = await searchStore(programs, { reduce: true });
        expect(reduced.report.exhausted).toBe(true);
        expect([...reduced.ends].toSorted()).toEqual([...full.ends].toSorted());
        expect(reduced.report.run).toBeLessThanOrEqual(full.report.run);
        if (reduced.report.run * 2 < full.report.run) fewer += 1;
      }),
      { numRuns: 120, seed: 7 },
    );
    expect(fewer).toBeGreaterThan(30);
  });

  test("where nothing is known of the steps, it runs all schedules", async () => {
    const reader = [read("x"), read("x"), commit];
    class Blind extends SmallStore {
      protected override footprint(): Footprint {
        return anything;
      }
    }
    const open = (): SmallStore => new Blind([reader, reader]);
    const { report } = await searchStore([reader, reader], { reduce: true }, open);

    expect(report.run).toBe(20);
  });
});

describe("steps that are taken many at once", () => {
  /** Takes one step at a time, whatever it is asked. */
  class Slow extends SmallStore {
    override take(step: Step): Promise<readonly Taken[]> {
      return super.take(step, "one");
    }
  }
  /** Tells nothing of most steps that it passes. */
  class Forgetful extends SmallStore {
    protected override footprint(found: Footprint, isFurther: boolean): Footprint | undefined {
      return isFurther && found.reads.size > 0 ? undefined : found;
    }
  }

  test("lead to the same schedules as taken one by one, in the same order", async () => {
    await fc.assert(
      fc.asyncProperty(anyPrograms, fc.boolean(), async (tried, reduce) => {
        const bounds = { reduce, runs: 300 };
        const slow = await searchStore(tried, bounds, () => new Slow(tried));
        const fast = await searchStore(tried, bounds);
        const forgetful = await searchStore(tried, bounds, () => new Forgetful(tried));

        expect(fast).toEqual(slow);
        expect(forgetful).toEqual(slow);
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  test("are one stride for each turn of a session", async () => {
    let strides = 0;
    class Counting extends SmallStore {
      override take(step: Step, stride: Stride): Promise<readonly Taken[]> {
        strides += 1;
        return super.take(step, stride);
      }
    }
    const reader = [read("x"), read("x"), commit];
    const open = (): SmallStore => new Counting([reader, reader]);
    const { schedules } = await searchStore([], { reduce: false }, open);

    const turns = schedules.flatMap((schedule) =>
      schedule.filter(({ session }, at) => session !== schedule[at - 1]?.session),
    );
    expect(schedules.flat()).toHaveLength(20 * 6);
    expect(strides).toBe(turns.length);
  });
});

describe("a run that goes another way than the same steps led before", () => {
  const reader = [read("x"), read("x"), commit];

  test("is begun again, and nothing is missed", async () => {
    let begun = 0;
    const open = (): SmallStore => {
      begun += 1;
      return begun % 4 === 0
        ? new SmallStore([[read("x"), commit]])
        : new SmallStore([reader, reader]);
    };
    const { report } = await searchStore([], { reduce: false }, open);

    expect(report).toMatchObject({ run: 20, exhausted: true });
    expect(report.strayed).toBeGreaterThan(3);
  });

  test("again and again, is left out and said to be", async () => {
    let begun = 0;
    const open = (): SmallStore => {
      begun += 1;
      return begun === 1 ? new SmallStore([reader, reader]) : new SmallStore([[commit]]);
    };
    const { report } = await searchStore([], { reduce: false }, open);

    expect(report).toMatchObject({ run: 1, exhausted: false });
    expect(report.leftOut).toBeGreaterThan(0);
  });
});
