import type { Database } from "../postgres/database.ts";
import type { Session } from "../postgres/session.ts";
import { connectRedis, type RedisEndpoint } from "../redis/connect.ts";
import type { Recorder } from "./recorder.ts";
import type { RedisPlace, Worker, WorkerTools } from "./worker.ts";

/** One PostgreSQL and one Redis on which workers are started, stopped and started again. */
export interface WorkerScene {
  readonly database: Database;
  readonly endpoint: RedisEndpoint;
  readonly key: (word: string) => string;
  readonly recorder: Recorder;
  /** Settings of the workers' sessions, such as `synchronous_commit`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** How one start of a worker ended. */
export interface WorkerRun {
  readonly ended: "whole" | "stopped" | "failed";
  /** Every step it said that it had done. */
  readonly steps: readonly string[];
  /** What it reported for a person to look at. */
  readonly reports: readonly string[];
  /** What it failed with. */
  readonly error?: unknown;
}

export interface StartOptions {
  /** Called after each step, the first being 1; `stop` ends the process there. */
  readonly atStep?: (step: number) => Promise<"stop" | void>;
}

/** Starts a worker in a process of its own, as far as anyone can see: connections and name are new. Never throws. */
export async function startWorker(
  scene: WorkerScene,
  worker: Worker,
  name: string,
  options: StartOptions = {},
): Promise<WorkerRun> {
  const steps: string[] = [];
  const reports: string[] = [];
  try {
    await using connections = await connect(scene, name);
    await worker({
      ...connections,
      name,
      async step(done) {
        steps.push(done);
        scene.recorder.begin(name, done)("");
        if (steps.length > mostSteps) throw new Error(`no end after ${mostSteps} steps`);
        if ((await options.atStep?.(steps.length)) === "stop") throw new Stopped();
      },
      report(complaint) {
        reports.push(complaint);
        scene.recorder.begin(name, `reports: ${withoutIds(complaint)}`)("");
      },
    });
    return { ended: "whole", steps, reports };
  } catch (error) {
    if (!(error instanceof Stopped)) {
      // What a driver says of a connection that was cut depends on the moment; {@link runToEnd} tells it where it counts.
      scene.recorder.begin(name, "fails")("");
      return { ended: "failed", steps, reports, error };
    }
    scene.recorder.begin(name, "is killed")("");
    return { ended: "stopped", steps, reports };
  }
}

/** As {@link startWorker}, where nothing is in the worker's way: that it does not come to its end is a discrepancy. */
export async function runToEnd(
  scene: WorkerScene,
  worker: Worker,
  name: string,
  options: StartOptions = {},
): Promise<WorkerRun> {
  const run = await startWorker(scene, worker, name, options);
  scene.recorder.demand(run.ended !== "failed", {
    expected: `${name} comes to the end of what there is to do`,
    happened: `it fails: ${messageOf(run.error)}`,
  });
  return run;
}

/** A look at the scene through connections of its own. */
export async function lookInto<Seen>(
  scene: WorkerScene,
  look: (place: RedisPlace & { session: Session }) => Promise<Seen>,
): Promise<Seen> {
  await using connections = await connect(scene, "reader");
  return await look(connections);
}

class Stopped extends Error {
  override readonly name = "Stopped";
}

/** More than any pass over what a trial prepares; a worker that goes round in circles is found out by it. */
const mostSteps = 300;

async function connect(
  { database, endpoint, key, settings = {} }: WorkerScene,
  name: string,
): Promise<Pick<WorkerTools, "redis" | "key" | "session"> & AsyncDisposable> {
  await using opening = new AsyncDisposableStack();
  const session = await database.lend({ name, role: "app", settings });
  opening.defer(() => database.rest(session));
  const redis = await connectRedis(endpoint);
  opening.defer(() => redis.destroy());
  const opened = opening.move();
  return { redis, key, session, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

function messageOf(error: unknown): string {
  return withoutIds(error instanceof Error ? error.message : String(error));
}

/** Ids that Redis draws tell the time of the day: a witness reads the same on every run without them. */
function withoutIds(text: string): string {
  return text.replaceAll(/\d{13}-\d+/gu, "…");
}
