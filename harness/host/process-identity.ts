import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A process of this machine. The number alone is not enough: the system gives it to others later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** As the system tells it; equal only for the same process. */
  readonly startedAt: string;
}

/** Who runs under a number now; nothing if nobody does. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === "linux" ? linuxStart(pid) : otherStart(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export function isRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.startedAt === identity.startedAt;
}

/** As {@link isRunning}, but cheap everywhere: where there is no /proc, it believes in the number. */
export function isThere(identity: ProcessIdentity): boolean {
  if (process.platform === "linux") return isRunning(identity);
  try {
    return process.kill(identity.pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** The processes that a process started and that still run, without theirs. */
export function childrenOf(pid: number): ProcessIdentity[] {
  return childPids(pid).flatMap((child) => identifyProcess(child) ?? []);
}

/** The process that started this one; nothing if it cannot be told. */
export function parentOf(pid: number): number | undefined {
  const parent =
    process.platform === "linux"
      ? statFields(pid)?.[1]
      : psLines(["-o", "ppid=", "-p", String(pid)])[0]?.trim();
  return parent === undefined || parent === "" ? undefined : Number(parent);
}

/** Its command line, the words joined by blanks. */
export function commandOf(pid: number): string {
  if (process.platform !== "linux")
    return psLines(["-o", "command=", "-p", String(pid)])[0]?.trim() ?? "";
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch (error) {
    return unlessGone(error, "");
  }
}

function childPids(pid: number): number[] {
  if (process.platform === "linux") {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((each) => statFields(each)?.[1] === String(pid));
  }
  return psLines(["-A", "-o", "pid=,ppid="])
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
}

/** A zombie has ended, whatever its parent does about it. */
function linuxStart(pid: number): string | undefined {
  const fields = statFields(pid);
  return fields === undefined || fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
}

/** What follows the name, which may hold blanks and brackets: state, parent, …, start time as the 20th. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch (error) {
    return unlessGone(error, undefined);
  }
}

function otherStart(pid: number): string | undefined {
  const started = psLines(["-o", "lstart=", "-p", String(pid)])[0]?.trim();
  return started === "" ? undefined : started;
}

/** `ps` ends with 1 when it finds nobody. */
function psLines(args: readonly string[]): string[] {
  try {
    return execFileSync("ps", args, { encoding: "utf8" }).split("\n").filter(Boolean);
  } catch (error) {
    if (error instanceof Error && "status" in error && error.status === 1) return [];
    throw error;
  }
}

function unlessGone<Value>(error: unknown, otherwise: Value): Value {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ESRCH") return otherwise;
  throw error;
}
