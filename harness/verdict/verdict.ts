import type { ShownSchedule } from "./shown-schedule.ts";

/** How much of all schedules of small programs was run. */
export interface ExploredSchedules {
  /** Programs of a few sessions whose schedules were searched. */
  readonly programs: number;
  /** Of these, the programs of which every schedule was run, up to those that differ only in the order of independent steps. */
  readonly exhausted: number;
  readonly run: number;
  /** Branches not followed, since they differ from one that was only in the order of independent steps. */
  readonly pruned: number;
  /** Branches that the effort left out. */
  readonly leftOut: number;
}

/** What was tried before a verdict was given. */
export interface Evidence {
  /** Random operation sequences run against the reference model. */
  readonly runs: number;
  /** Schedules of two or more sessions played step by step. */
  readonly schedules: number;
  /** Operations answered in real races of many sessions. */
  readonly raced: number;
  /** Crashes, cut connections and stopped workers. */
  readonly faults: number;
  /** Single facts compared: a catalog, a row, an answer to bad input. */
  readonly comparisons: number;
  readonly explored: ExploredSchedules;
  readonly seed: number;
  readonly wallMs: number;
  /** The situations that the law must meet, and how often it met each. */
  readonly met: Readonly<Record<string, number>>;
  /** What else a reader must know, such as rights that were lent for the trial. */
  readonly notes: readonly string[];
}

export interface WitnessStep {
  /** Who did it: a session's name, `clock`, a worker. */
  readonly who: string;
  readonly does: string;
  readonly answer: string;
}

/** The smallest schedule, input or object found that shows a law broken. The same seed and effort give the same one. */
export interface Witness {
  readonly trial: string;
  readonly expected: string;
  readonly happened: string;
  readonly steps: readonly WitnessStep[];
  /** False where a real race showed it: running it again may take another path to the same end. */
  readonly repeatable: boolean;
  /** Where a schedule of a program showed it. */
  readonly schedule?: ShownSchedule;
}

export type Verdict =
  | { readonly kind: "holds"; readonly evidence: Evidence }
  | { readonly kind: "broken"; readonly evidence: Evidence; readonly witness: Witness }
  | { readonly kind: "unknown"; readonly evidence: Evidence; readonly reason: string }
  | { readonly kind: "not-run"; readonly reason: string };
