import type { RecordedSchedule } from "../verdict/shown-schedule.ts";
import type { Witness, WitnessStep } from "../verdict/verdict.ts";
import type { Stage } from "./stage.ts";

/** How a law is tried. It returns when nothing was found against the law and leaves a `Discrepancy` otherwise. */
export interface Trial<Binding> {
  (stage: Stage<Binding>): Promise<void>;
  /** What of it runs programs under every schedule, if anything. */
  readonly programs?: Programs<Binding>;
}

export interface Programs<Binding> {
  /** Runs them all, and nothing else of the trial. */
  run(stage: Stage<Binding>): Promise<void>;
  /** Runs one schedule of theirs again; nothing if there is no such program. */
  replay(stage: Stage<Binding>, recorded: RecordedSchedule): Promise<Replayed | undefined>;
}

/** What came of a schedule that was run again. */
export type Replayed =
  | { readonly kind: "broken"; readonly witness: Witness }
  | ({ readonly kind: "holds" } & Retold)
  /** It could not be followed for more than so many steps. */
  | ({ readonly kind: "strayed"; readonly after: number } & Retold);

interface Retold {
  readonly sessions: readonly string[];
  readonly steps: readonly WitnessStep[];
}

/** Trials one after the other; the first that finds something ends it. Cheap and repeatable ones go first. */
export function inOrder<Binding>(...trials: readonly Trial<Binding>[]): Trial<Binding> {
  const all = async (stage: Stage<Binding>): Promise<void> => {
    for (const trial of trials) await trial(stage);
  };
  const programs = trials.flatMap((trial) => trial.programs ?? []);
  return programs.length === 0 ? all : Object.assign(all, { programs: joined(programs) });
}

function joined<Binding>(programs: readonly Programs<Binding>[]): Programs<Binding> {
  return {
    async run(stage) {
      for (const each of programs) await each.run(stage);
    },
    async replay(stage, recorded) {
      for (const each of programs) {
        const replayed = await each.replay(stage, recorded);
        if (replayed !== undefined) return replayed;
      }
      return undefined;
    },
  };
}
