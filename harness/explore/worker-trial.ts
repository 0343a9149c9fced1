import type { ByEffort } from "../verdict/effort.ts";
import type { Disturbance, Venue } from "./disturbance.ts";
import { createRecorder } from "./recorder.ts";
import { atEffort, type Stage } from "./stage.ts";
import type { Trial } from "./trial.ts";
import type { Worker } from "./worker.ts";
import { runToEnd, startWorker, type WorkerRun, type WorkerScene } from "./worker-scene.ts";

/** One run of a worker trial, as its author sees it. */
export interface WorkerPlay<Binding> extends WorkerScene {
  readonly binding: Binding;
  readonly stage: Stage<Binding>;
  /** Another number for every run: rows and keys of runs before may still be there, so what is made is named by it. */
  readonly run: number;
}

export interface WorkerTrial<Binding, Prepared> {
  readonly title: string;
  readonly worker: (binding: Binding) => Worker;
  /** Lays out what there is to do. */
  readonly prepare: (play: WorkerPlay<Binding>) => Promise<Prepared>;
  /** Called after each step until the worker is disturbed: what others do at that time. */
  readonly meanwhile?: (
    play: WorkerPlay<Binding>,
    prepared: Prepared,
    step: number,
  ) => Promise<void>;
  /** Judges what is there while the worker is down, and again once it has come to its end; `ended` tells which. */
  readonly judge: (
    play: WorkerPlay<Binding>,
    prepared: Prepared,
    ended: boolean,
    reports: readonly string[],
  ) => Promise<void>;
  /** How many of the worker's steps are disturbed: spread over all of them, the last always among them. */
  readonly steps: ByEffort;
}

/**
 * Runs a worker whole, which tells its steps, and then again and again: disturbed right after one of its steps, mended,
 * started anew and run to its end. Each is judged in between and at the end.
 */
export function disturbAtSteps<Binding, Prepared>(
  trial: WorkerTrial<Binding, Prepared>,
  disturbance: Disturbance<WorkerPlay<Binding>>,
): Trial<Binding> {
  return async (stage) => {
    await using venue = await disturbance.open(stage);
    const whole = await playOnce(trial, stage, venue, 1);
    const chosen = spread(whole.steps.length, atEffort(stage, trial.steps));
    for (const [index, step] of chosen.entries()) {
      await playOnce(trial, stage, venue, index + 2, { step, disturbance });
      stage.tally.count("faults");
      stage.tally.meet(disturbance.situation);
    }
  };
}

interface Disturbed<Play extends WorkerScene> {
  readonly step: number;
  readonly disturbance: Disturbance<Play>;
}

async function playOnce<Binding, Prepared>(
  trial: WorkerTrial<Binding, Prepared>,
  stage: Stage<Binding>,
  venue: Venue,
  run: number,
  disturbed?: Disturbed<WorkerPlay<Binding>>,
): Promise<WorkerRun> {
  const { binding } = stage;
  const where = disturbed === undefined ? "undisturbed" : disturbed.disturbance.situation;
  const recorder = createRecorder(`${trial.title}, ${where}`);
  const play = { ...(await venue.scene(run, recorder)), binding, stage, run };
  const prepared = await trial.prepare(play);
  const worker = trial.worker(binding);
  if (disturbed === undefined) {
    const whole = await runToEnd(play, worker, "worker", {
      atStep: async (step) => trial.meanwhile?.(play, prepared, step),
    });
    await trial.judge(play, prepared, true, whole.reports);
    return whole;
  }
  const first = await startWorker(play, worker, "worker", {
    async atStep(step) {
      if (step < disturbed.step) await trial.meanwhile?.(play, prepared, step);
      return step === disturbed.step ? disturbed.disturbance.disturb(play) : undefined;
    },
  });
  await disturbed.disturbance.mend(play);
  await trial.judge(play, prepared, false, first.reports);
  const second = await runToEnd(play, worker, "worker, started again");
  await trial.judge(play, prepared, true, second.reports);
  return second;
}

function spread(steps: number, howMany: number): readonly number[] {
  const count = Math.min(steps, howMany);
  return Array.from({ length: count }, (_, index) => Math.round(((index + 1) * steps) / count));
}
