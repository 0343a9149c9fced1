import { isPreemption, type Step } from "./execution.ts";
import { follow, type Guide, prioritizing } from "./follow.ts";
import type { Program, SearchReport } from "./search.ts";

/** How many schedules are drawn, and of what. */
export interface SampleBounds {
  readonly runs: number;
  readonly sessions: number;
  /** How often in a schedule the session that would go on is made the last: a bug that needs so many is likely to be met. */
  readonly changes: number;
}

/**
 * Runs a program under schedules that are drawn at random by priorities (see `prioritizing`), where there are too many to
 * run them all. `random` is in [0, 1). Nothing is known of what was not drawn, so nothing counts as exhausted.
 */
export async function sample(
  program: Program,
  { runs, ...options }: SampleBounds,
  random: () => number,
): Promise<SearchReport> {
  let run = 0;
  let steps = options.sessions;
  for (let goesOn = true; goesOn && run < runs; run += 1) {
    const counted = countingPreemptions(prioritizing({ ...options, steps }, random));
    const { schedule } = await follow(await program.begin(), counted.guide);
    // The next one has about as many places for a change.
    steps = schedule.length;
    goesOn = await program.finish(schedule, counted.preemptions());
  }
  return { run, pruned: 0, leftOut: 0, strayed: 0, exhausted: false };
}

function countingPreemptions(guide: Guide): { guide: Guide; preemptions(): number } {
  let count = 0;
  return {
    preemptions: () => count,
    guide(enabled: readonly Step[], last: Step | undefined) {
      const step = guide(enabled, last);
      if (step !== undefined && isPreemption(step, last, enabled)) count += 1;
      return step;
    },
  };
}
