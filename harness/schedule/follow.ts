import {
  type Execution,
  isSameStep,
  named,
  type Schedule,
  type Step,
  type Stride,
} from "./execution.ts";

/** Says at each place which of the enabled steps is taken; nothing if none of them is the one that should come. */
export type Guide = (enabled: readonly Step[], last: Step | undefined) => Step | undefined;

/**
 * Takes one run to its end, or to where its guide knows no step: the guide is asked wherever the stride comes to an end. The
 * steps that were taken, and whether all sessions have ended.
 */
export async function follow(
  execution: Execution,
  guide: Guide,
  stride: Stride = "one",
): Promise<{ schedule: Schedule; ended: boolean }> {
  const steps: Step[] = [];
  for (;;) {
    const enabled = execution.enabled();
    if (enabled.length === 0) return { schedule: named(steps), ended: true };
    const step = guide(enabled, steps.at(-1));
    if (step === undefined) return { schedule: named(steps), ended: false };
    const taken = await execution.take(step, stride);
    steps.push(...taken.map((each) => each.step));
  }
}

/** Takes the steps of a schedule that was run before, by their names. */
export function replaying(schedule: Schedule): Guide {
  let at = 0;
  return (enabled) => {
    const wanted = schedule[at];
    at += 1;
    return wanted === undefined ? undefined : enabled.find((step) => isSameStep(step, wanted));
  };
}

/**
 * Reads a list of numbers as choices: 0 is "the session that took the last step goes on", others count the enabled steps round,
 * and after the end of the list every choice is 0. So a smaller list with smaller numbers has fewer preemptions, and
 * fast-check shrinks towards them.
 */
export function choosing(choices: readonly number[]): Guide {
  let at = 0;
  return (enabled, last) => {
    const choice = choices[at] ?? 0;
    at += 1;
    const first = enabled.findIndex(({ session }) => session === last?.session);
    return enabled[(Math.max(first, 0) + choice) % enabled.length];
  };
}

/**
 * Gives each session a priority and lets the highest go on, but at `changes` places chosen at random the one that would go
 * drops to the lowest (PCT: Burckhardt et al., A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs,
 * 2010): a bug that needs so many orderings is found with a probability that is known. `random` is in [0, 1).
 */
export function prioritizing(
  options: { readonly sessions: number; readonly steps: number; readonly changes: number },
  random: () => number,
): Guide {
  const below = (bound: number): number => Math.floor(random() * bound);
  const priorities = Array.from({ length: options.sessions }, () => 1 + random());
  const places = new Set(Array.from({ length: options.changes }, () => below(options.steps)));
  let at = 0;
  return (enabled) => {
    const priorityOf = ({ session }: Step): number => priorities[session] ?? 0;
    const highest = (): Step | undefined =>
      enabled.toSorted((one, other) => priorityOf(other) - priorityOf(one))[0];
    const dropped = highest();
    if (places.has(at) && dropped !== undefined) priorities[dropped.session] = -at;
    at += 1;
    return highest();
  };
}
