import { rm } from "node:fs/promises";
import { removeContainer } from "./docker.ts";
import { childrenOf, isRunning, type ProcessIdentity } from "./process-identity.ts";
import {
  closeEntries,
  knownRuns,
  readEntries,
  type RunEntry,
  type RunFolder,
} from "./run-folder.ts";

/**
 * Takes away all that a run wrote down, at once, and then its folder: for a signal, and for runs that were killed. From
 * then on the run can start nothing. What it has on servers that are not ours is not reached from here.
 */
export async function endRun(folder: RunFolder): Promise<void> {
  closeEntries(folder);
  await endEntries(readEntries(folder));
  await rm(folder.path, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * Ends the runs whose process is gone, before a new one begins. The folder of one that was a guest on a server that is
 * not ours stays until that server is used again and its leftovers there are gone.
 */
export async function reapDeadRuns(): Promise<void> {
  for (const run of knownRuns().filter(isDead)) {
    if (run.entries.some(({ kind }) => kind === "guest")) await endEntries(run.entries);
    else await endRun(run);
  }
}

/** Dead runs that were guests on a server, for whoever can look there. */
export function deadGuests(server: string): RunFolder[] {
  return knownRuns()
    .filter(isDead)
    .filter(({ entries }) =>
      entries.some((entry) => entry.kind === "guest" && entry.server === server),
    );
}

/** What a person types to end a run that was kept. */
export function howToEnd(folder: RunFolder): string {
  const commands = readEntries(folder).flatMap((entry) => {
    if (entry.kind === "process") return isRunning(entry) ? [`kill -QUIT ${entry.pid}`] : [];
    return entry.kind === "container" ? [`docker rm --force --volumes ${entry.name}`] : [];
  });
  return [...commands, `rm -r ${folder.path}`].join(" && ");
}

/** Asks a process to end, if it wants to be asked, and then kills it and those it started. */
export async function endProcess(
  entry: ProcessIdentity & { ask?: "SIGQUIT" | undefined },
): Promise<void> {
  if (!isRunning(entry)) return;
  if (entry.ask !== undefined) {
    sendSignal(entry.pid, entry.ask);
    if (await endsWithin(entry, graceMs)) return;
  }
  await killTree(entry);
}

/** How long a server may take to end by itself or the system to end it, milliseconds. */
const graceMs = 800;

/** SIGKILL to a process and those it started, at once as a power cut would; returns when all are gone. */
export async function killTree(identity: ProcessIdentity): Promise<void> {
  if (!isRunning(identity)) return;
  // Held, it starts nobody while its children are looked for.
  sendSignal(identity.pid, "SIGSTOP");
  const tree = [identity, ...childrenOf(identity.pid)];
  for (const { pid } of tree) sendSignal(pid, "SIGKILL");
  await Promise.all(tree.map((each) => endsWithin(each, graceMs)));
}

function isDead({ owner, kept }: { owner: ProcessIdentity; kept: boolean }): boolean {
  return !kept && !isRunning(owner);
}

async function endEntries(entries: readonly RunEntry[]): Promise<void> {
  const ended = await Promise.allSettled(entries.map(endEntry));
  const errors = ended.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  if (errors.length > 0) throw new AggregateError(errors, "Not all of a run could be taken away");
}

async function endEntry(entry: RunEntry): Promise<void> {
  if (entry.kind === "container") await removeContainer(entry.name);
  if (entry.kind === "process") await endProcess(entry);
  if (entry.kind === "folder") await rm(entry.path, { recursive: true, force: true });
}

/** Whether it is gone in time. It may be the child of another process, so there is no event to wait for. */
async function endsWithin(identity: ProcessIdentity, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (isRunning(identity)) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return true;
}

function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
