import type { Schedule } from "../schedule/execution.ts";

/** A schedule that shows a law broken, as a person reads it and as it can be run again. */
export interface ShownSchedule {
  /** Who takes part, in the order of columns. */
  readonly sessions: readonly string[];
  /** What came in between what, in one sentence. */
  readonly cause: string;
  readonly recorded: RecordedSchedule;
  /** The same for people with psql: one section for each session, steps numbered as in the witness. */
  readonly script: string;
}

/** All that has to be known to run a schedule of a law again: told by names, it survives small changes of the SQL. */
export interface RecordedSchedule {
  /** The title of the state that the program starts from. */
  readonly state: string;
  /** The title of the program. */
  readonly program: string;
  /** Of each script the places of the acts that it takes to show it. */
  readonly kept: readonly (readonly number[])[];
  readonly steps: Schedule;
}
