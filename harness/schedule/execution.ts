import type { Footprint } from "./footprint.ts";

/** What a session may do next: go on from where it is held. */
export interface Step {
  readonly session: number;
  /** Where it is held, such as a gate and how often it was met: a schedule is told by these, and survives small changes. */
  readonly from: string;
}

/** One run of a program whose sessions take their steps one at a time, as they are told. */
export interface Execution {
  /** Who may take a step now, in the order of sessions; nobody once all have ended. Who waits for another is not among them. */
  enabled(): readonly Step[];
  /** Lets one of {@link enabled} be taken; comes back when every session is held, waits or has ended. */
  take(step: Step): Promise<Footprint>;
}

/** The steps of one run, in order. */
export type Schedule = readonly Step[];

export function isSameStep(one: Step, other: Step): boolean {
  return one.session === other.session && one.from === other.from;
}

/** Whether a step comes although the session that took the last step could have gone on. */
export function isPreemption(step: Step, last: Step | undefined, among: readonly Step[]): boolean {
  return (
    last !== undefined &&
    step.session !== last.session &&
    among.some(({ session }) => session === last.session)
  );
}
