import { endRun, howToEnd, reapDeadRuns } from "../host/end-run.ts";
import { endWithParent } from "../host/end-with-parent.ts";
import { createRunFolder, keepRunFolder, type RunFolder } from "../host/run-folder.ts";
import { holdSignals } from "./hold-signals.ts";

/** One run of this process, from before its first server to after its last. Disposing it leaves nothing of it. */
export interface Run extends AsyncDisposable {
  readonly folder: RunFolder;
  /** Aborted when a signal, or the death of the parent, ends the run: the process exits once all is taken away. */
  readonly interrupted: AbortSignal;
  /** Is done when the run ends, however it does, while its servers are still there; the last one first. */
  defer(clear: () => Promise<void>): void;
  /** From now on ending the run leaves what is there, for a person to look at. Answers the command that ends it. */
  leave(): string;
  wasLeft(): boolean;
}

export interface RunOptions {
  /** How long a signal waits for what was deferred; less than two seconds unless it says otherwise. */
  readonly longestEndMs?: number;
}

/** Takes away what killed runs left, and begins a new one. Fails with `NO_RUN_FOLDER`. */
export async function openRun({ longestEndMs }: RunOptions = {}): Promise<Run> {
  await reapDeadRuns();
  using _ = holdSignals();
  const folder = await createRunFolder();
  const interruption = new AbortController();
  const clearings: (() => Promise<void>)[] = [];
  const clear = async (): Promise<void> => {
    for (const each of clearings.splice(0).toReversed()) await each();
  };
  const endAll = async (): Promise<void> => {
    interruption.abort();
    await clear();
  };
  const ending = endWithParent(folder, endAll, longestEndMs);
  let left = false;
  return {
    folder,
    interrupted: interruption.signal,
    defer: (each) => void clearings.push(each),
    leave() {
      left = true;
      keepRunFolder(folder);
      return howToEnd(folder);
    },
    wasLeft: () => left,
    async [Symbol.asyncDispose]() {
      try {
        if (!left) await clear();
      } finally {
        if (!left) await endRun(folder);
        ending[Symbol.dispose]();
      }
    },
  };
}

/** Works in a run of its own. Once a signal ends the run nothing comes back: the process is about to end. */
export async function inRun<Value>(
  work: (run: Run) => Promise<Value>,
  options: RunOptions = {},
): Promise<Value> {
  await using run = await openRun(options);
  try {
    return await work(run);
  } catch (error) {
    // What fails because its server was just taken away is no news.
    if (run.interrupted.aborted) return await new Promise(() => {});
    throw error;
  }
}
