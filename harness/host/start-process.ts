import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { text } from "node:stream/consumers";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { identifyProcess, type ProcessIdentity } from "./process-identity.ts";
import { noteEntry, type RunFolder } from "./run-folder.ts";
import type { ServerUser } from "./server-user.ts";

export interface ProcessOptions {
  /** Who it runs as, if not as this process does. */
  readonly user?: ServerUser | undefined;
  /** All variables that it sees; those of this process if left out. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface ServerProcessOptions extends ProcessOptions {
  /** Where what it prints is appended. */
  readonly logFile: string;
  /** What it is asked to end with before it is killed. */
  readonly ask?: "SIGQUIT";
}

/** A process in a group of its own, so that a terminal's signals pass it by. It outlives this process if that is killed. */
export interface ServerProcess extends ProcessIdentity {
  readonly ask?: "SIGQUIT" | undefined;
  /** Settles when it has ended. Whoever waits for it alone does not keep this process alive. */
  readonly ended: Promise<void>;
  /** Returns once its end is known here, too, and struck out: a moment after it is gone. */
  farewell(): Promise<void>;
}

/**
 * Starts a server process and writes it down in the run's folder; strikes it out when it has ended. Fails with
 * `PROGRAM_NOT_STARTED`.
 */
export async function startServerProcess(
  run: RunFolder,
  program: string,
  args: readonly string[],
  { logFile, ask, ...options }: ServerProcessOptions,
): Promise<ServerProcess> {
  const log = openSync(logFile, "a");
  try {
    const child = spawn(program, args, {
      ...spawnOptions(options),
      detached: true,
      stdio: ["ignore", log, log],
    });
    child.unref();
    const started = noteChild(run, child, program, ask);
    await started.spawned;
    return {
      ...started.identity,
      ask,
      ended: started.ended,
      farewell() {
        child.ref();
        return started.ended;
      },
    };
  } finally {
    closeSync(log);
  }
}

/** A program that ended with another code than 0. */
export class ProgramFailure extends Error {
  override readonly name = "ProgramFailure";
  readonly stderr: string;

  constructor(program: string, how: string, stderr: string) {
    super(`${program} ended with ${how}: ${stderr.trim()}`);
    this.stderr = stderr;
  }
}

/**
 * Runs a program to its end and returns what it printed. It is written down in the run's folder meanwhile. Fails with
 * {@link ProgramFailure} if it ends with anything else than 0.
 */
export async function runProgram(
  run: RunFolder,
  program: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<string> {
  const child = spawn(program, args, {
    ...spawnOptions(options),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { spawned, ended } = noteChild(run, child, program);
  await spawned;
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (child.exitCode === 0) return stdout;
  throw new ProgramFailure(program, String(child.exitCode ?? child.signalCode), stderr);
}

function spawnOptions({ user, env, cwd }: ProcessOptions) {
  return {
    ...user,
    ...(env === undefined ? {} : { env }),
    ...(cwd === undefined ? {} : { cwd }),
  };
}

interface NotedChild {
  readonly identity: ProcessIdentity;
  readonly spawned: Promise<void>;
  readonly ended: Promise<void>;
}

/** Between the start of a process and its note nothing else runs in this thread. */
function noteChild(
  run: RunFolder,
  child: ChildProcess,
  program: string,
  ask?: "SIGQUIT",
): NotedChild {
  const spawned = new Promise<void>((settle, fail) => {
    child.once("spawn", () => settle()).once("error", (cause) => fail(notStarted(program, cause)));
  });
  const ended = new Promise<void>((settle) => child.once("exit", () => settle()));
  const { pid } = child;
  // One that ended at once, or never began, is like one that is gone.
  const identity = (pid === undefined ? undefined : identifyProcess(pid)) ?? gone;
  if (identity === gone) return { identity, spawned, ended };
  try {
    const strikeOut = noteEntry(run, { kind: "process", ...identity, ask });
    return { identity, spawned, ended: ended.then(strikeOut) };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

const gone: ProcessIdentity = { pid: 0, startedAt: "" };

function notStarted(program: string, cause: unknown): RehearsalError {
  return new RehearsalError(
    "PROGRAM_NOT_STARTED",
    `${program} could not be started: ${cause instanceof Error ? cause.message : String(cause)}. ` +
      "Check that it is there and may be run by the user whom the rehearsal runs it as.",
    { cause, exitCode: 3 },
  );
}
