import { endRun } from "./end-run.ts";
import {
  commandOf,
  identifyProcess,
  isThere,
  parentOf,
  type ProcessIdentity,
} from "./process-identity.ts";
import type { RunFolder } from "./run-folder.ts";

/**
 * From now on SIGINT, SIGTERM and SIGHUP take away what the run started, within two seconds, and end this process with
 * 128 and the signal's number. So does the end of whoever started it, for npx and pnpm die of a signal without passing
 * it on. `clear` takes away what the run has on servers that are not ours; where that may take longer than the
 * two seconds, `longestEndMs` says how long. Dispose it when the run has ended by itself.
 */
export function endWithParent(
  run: RunFolder,
  clear: () => Promise<void> = () => Promise.resolve(),
  longestEndMs = usualLongestEndMs,
): Disposable {
  let ending = false;
  const end = (exitCode: number): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(exitCode), longestEndMs);
    void endAll(run, clear).then(() => process.exit(exitCode));
  };
  const listeners = signals.map(([name, number]) => ({ name, listen: () => end(128 + number) }));
  for (const { name, listen } of listeners) process.on(name, listen);
  const starters = startersOf(process.pid);
  const watch = setInterval(() => {
    if (!starters.every(isThere)) end(endedByStarter);
  }, watchIntervalMs).unref();
  return {
    [Symbol.dispose]() {
      clearInterval(watch);
      for (const { name, listen } of listeners) process.off(name, listen);
    },
  };
}

const signals = [
  ["SIGHUP", 1],
  ["SIGINT", 2],
  ["SIGTERM", 15],
] as const;

/** As if it had been passed on. */
const endedByStarter = 128 + 15;
const watchIntervalMs = 250;
/** Leaves time to be noticed within two seconds, whatever does not want to end. */
const usualLongestEndMs = 1600;

/** Servers are ended whether or not those of others can be reached, and the other way round. */
async function endAll(run: RunFolder, clear: () => Promise<void>): Promise<void> {
  const [own, others] = await Promise.allSettled([endRun(run), clear()]);
  for (const each of [own, others]) {
    if (each.status === "rejected") {
      process.stderr.write(`Not all of the run could be taken away: ${String(each.reason)}\n`);
    }
  }
}

/** The parent of a process, and above it the whole chain of shells and package managers that it was started through. */
function startersOf(pid: number): ProcessIdentity[] {
  const parent = parentOf(pid);
  // The system's first process adopts whoever is left alone, and never ends.
  if (parent === undefined || parent <= 1) return [];
  const identity = identifyProcess(parent);
  if (identity === undefined) return [];
  const grandparent = parentOf(parent);
  const passesOn = grandparent !== undefined && isRunner(commandOf(grandparent));
  return [identity, ...(passesOn ? startersOf(parent) : [])];
}

/** `npx …`, `node …/pnpm.mjs …`, `sh -c "pnpm …"` and the like. */
function isRunner(command: string): boolean {
  return /^(?:\S*\/)?(?:(?:node|sh|dash|bash)\s+(?:-\S+\s+)*)?(?:\S*\/)?(?:npm|npx|pnpm|pnpx|pnx|yarn|corepack)(?:-cli)?(?:\.[cm]?js)?(?=\s|$)/u.test(
    command,
  );
}
