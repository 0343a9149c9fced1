import { rm } from "node:fs/promises";
import { removeContainer } from "./docker.ts";
import { childrenOf, isRunning, type ProcessIdentity } from "./process-identity.ts";
import {
  closeEntries,
  type KnownRun,
  knownRuns,
  readEntries,
  removeRunFolder,
  type RunEntry,
  type RunFolder,
  strikeOut,
} from "./run-folder.ts";

/**
 * Takes away all that a run wrote down, at once, and then its folder: for a signal, and for runs that were killed. From
 * then on the run can start nothing. What it has on servers that are not ours is not reached from here.
 */
export async function endRun(folder: RunFolder): Promise<void> {
  closeEntries(folder);
  await endEntries(readEntries(folder));
  await removeRunFolder(folder);
}

/**
 * Ends the runs whose process is gone, before a new one begins. What cannot be taken away now, such as a container of
 * an engine that was stopped, stays written down for the next time. So does a run that was a guest on a server that is
 * not ours, until that server is used again; see {@link reapGuests}.
 */
export async function reapDeadRuns(): Promise<void> {
  await Promise.allSettled(
    deadRuns().map((run) => (guestsOf(run).length > 0 ? endEntries(run.entries) : endRun(run))),
  );
}

/** Takes away with `clear` what dead runs left on a server that is not ours, and then the rest of them. */
export async function reapGuests(
  server: string,
  clear: (runId: string) => Promise<void>,
): Promise<void> {
  for (const run of deadRuns().filter((each) => guestsOf(each).includes(server))) {
    await clear(run.runId);
    strikeOut(run, (noted) => noted.kind === "guest" && noted.server === server);
    if (guestsOf(run).every((each) => each === server)) await endRun(run);
  }
}

/** What a person types to end a run that was kept. */
export function howToEnd(folder: RunFolder): string {
  const commands = readEntries(folder).flatMap((entry) => {
    // It still has files to take away itself.
    if (entry.kind === "process" && isRunning(entry)) return [`kill -QUIT ${entry.pid}; sleep 1`];
    return entry.kind === "container" ? [`docker rm --force --volumes ${entry.name}`] : [];
  });
  return [...commands, `rm -rf ${folder.path}`].join("; ");
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
  // Held, it starts nobody while its children are looked for; and none of these may go on once another is gone.
  sendSignal(identity.pid, "SIGSTOP");
  const tree = [identity, ...childrenOf(identity.pid)];
  for (const { pid } of tree) sendSignal(pid, "SIGSTOP");
  for (const { pid } of tree) sendSignal(pid, "SIGKILL");
  await Promise.all(tree.map((each) => endsWithin(each, graceMs)));
}

function deadRuns(): KnownRun[] {
  return knownRuns().filter(({ owner, kept }) => !kept && !isRunning(owner));
}

/** The servers that are not ours and that a run used. */
function guestsOf({ entries }: KnownRun): string[] {
  return entries.flatMap((entry) => (entry.kind === "guest" ? [entry.server] : []));
}

async function endEntries(entries: readonly RunEntry[]): Promise<void> {
  const ended = await Promise.allSettled(entries.map(endEntry));
  const errors = ended.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  if (errors.length > 0) throw new AggregateError(errors, "Not all of a run could be taken away");
}

async function endEntry(entry: RunEntry): Promise<void> {
  if (entry.kind === "container") await removeContainer(entry.name);
  if (entry.kind === "process") await endProcess(entry);
  if (entry.kind === "folder") await removeFolder(entry.path);
}

async function removeFolder(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    // Something above it is a file by now, so it is gone, too.
    if (!(error instanceof Error && "code" in error && error.code === "ENOTDIR")) throw error;
  }
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
