import type { Footprint } from "./footprint.ts";

/** What a session may do next: go on from where it is held. */
export interface Step {
  readonly session: number;
  /** Where it is held, such as a gate and how often it was met: a schedule is told by these, and survives small changes. */
  readonly from: string;
  /** Counts the places at which the session could have been held so far, if that is what holds it: it can be brought there again at once. */
  readonly at?: number;
}

/** One run of a program whose sessions take their steps as they are told. */
export interface Execution {
  /** Who may take a step now, in the order of sessions; nobody once all have ended. Who waits for another is not among them. */
  enabled(): readonly Step[];
  /**
   * Lets one of {@link enabled} be taken, and further steps of the same session without a stop in between; comes back when
   * every session is held, waits or has ended. Tells what was taken, in order: at least that step, and never more than the
   * stride allows.
   */
  take(step: Step, stride: Stride): Promise<readonly Taken[]>;
}

/** How many steps of a session are taken at once. */
export type Stride =
  /** No more than the one. */
  | "one"
  /** As many as are known to make no difference to the others before the last of them. */
  | "far"
  /** As many as led there before: to a step of its own, or else until it waits or has nothing to go on with. */
  | { readonly until: Step | undefined };

export interface Taken {
  readonly step: Step;
  /** Nothing if nobody looked: it was passed for the first time. */
  readonly footprint: Footprint | undefined;
  /** Who could have taken a step after it. */
  readonly enabled: readonly Step[];
}

/** The steps of one run, in order. */
export type Schedule = readonly Pick<Step, "session" | "from">[];

export function isSameStep(one: Schedule[number], other: Schedule[number]): boolean {
  return one.session === other.session && one.from === other.from;
}

/** A schedule by the names of its steps. */
export function named(steps: readonly Step[]): Schedule {
  return steps.map(({ session, from }) => ({ session, from }));
}

/** Whether a step comes although the session that took the last step could have gone on. */
export function isPreemption(step: Step, last: Step | undefined, among: readonly Step[]): boolean {
  return (
    last !== undefined &&
    step.session !== last.session &&
    among.some(({ session }) => session === last.session)
  );
}
