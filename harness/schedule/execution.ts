import type { Footprint } from "./footprint.ts";

/** What a session may do next: go on from where it is held. */
export interface Move {
  readonly session: number;
  /** Where it is held, such as a gate and how often it was met: a schedule is told by these, and survives small changes. */
  readonly from: string;
}

/** One run of a program whose sessions take their steps one at a time, as they are told. */
export interface Execution {
  /** Who may take a step now, in the order of sessions; nobody once all have ended. Who waits for another is not among them. */
  moves(): readonly Move[];
  /** Lets one of {@link moves} happen; comes back when every session is held, waits or has ended. */
  take(move: Move): Promise<Footprint>;
}

/** The moves of one run, in order. */
export type Schedule = readonly Move[];

export function isSameMove(one: Move, other: Move): boolean {
  return one.session === other.session && one.from === other.from;
}

/** Whether a move comes although the session that took the last step could have gone on. */
export function isPreemption(move: Move, last: Move | undefined, among: readonly Move[]): boolean {
  return (
    last !== undefined &&
    move.session !== last.session &&
    among.some(({ session }) => session === last.session)
  );
}
