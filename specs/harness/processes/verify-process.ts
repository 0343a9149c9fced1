import { type ChildProcess, spawn, type SpawnOptionsWithStdioTuple } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { runningCommands } from "../host/running-commands.ts";
import { type VerifyReport, verifyReport } from "../../../harness/report/law-report.ts";

/** The checkout that these specs belong to. */
export const checkout = resolve(import.meta.dirname, "../../..");

/** A process of `scripts/verify.ts`, or another script, with a temporary folder of its own so that everything it leaves can be seen. */
export interface VerifyProcess {
  readonly child: ChildProcess;
  /** Returns once something has been printed on stdout; fails if the process ends without. */
  printed(what: RegExp): Promise<void>;
  /** Returns when the process and all that inherited its streams have ended. */
  ended(): Promise<Ended>;
}

export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface VerifyOptions {
  /** Where it runs: another checkout than this one. */
  readonly cwd?: string;
  /** Another one than `verify`. */
  readonly script?: string;
  /** `TMPDIR` of the process. */
  readonly temporary: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Starts it as the child of a shell, which leads a process group of its own. */
  readonly throughShell?: boolean;
}

export function startVerify(args: readonly string[], options: VerifyOptions): VerifyProcess {
  const variables = Object.entries({ ...options.environment, TMPDIR: options.temporary });
  const words = [
    ...variables.map(([name, value]) => `${name}=${value}`),
    process.execPath,
    `scripts/${options.script ?? "verify"}.ts`,
    ...args,
  ];
  const child =
    options.throughShell === true
      ? spawn("sh", ["-c", 'env "$@" & wait', "sh", ...words], spawnOptions(options))
      : spawn("env", words, spawnOptions(options));
  const printed = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      printed[name] += chunk;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Ended>((settle, fail) => {
    child.on("error", fail).on("close", (code) => settle({ code, ...printed }));
  });
  return {
    child,
    ended: () => ended,
    async printed(what) {
      const found = Promise.withResolvers<void>();
      const look = (): void => {
        if (what.test(printed.stdout)) found.resolve();
      };
      listeners.add(look);
      look();
      await Promise.race([found.promise, ended.then((end) => failNeverPrinted(what, end))]);
      listeners.delete(look);
    },
  };
}

function failNeverPrinted(what: RegExp, { code, stdout, stderr }: Ended): never {
  throw new Error(`It ended with ${code} and never printed ${what}.\n${stdout}\n${stderr}`);
}

/** A temporary folder for servers, short enough for a socket's path and open to the user they run as. */
export interface Temporary extends AsyncDisposable {
  readonly path: string;
  /** What stands in it, and the processes that were started for it and still run; empty when nothing was left. */
  leftovers(): Promise<readonly string[]>;
}

export async function openTemporary(): Promise<Temporary> {
  const path = await mkdtemp("/tmp/v-");
  await chmod(path, 0o711);
  return {
    path,
    leftovers: async () => [...(await readdir(path)), ...(await processesOf(path))],
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** A copy of the checkout that a spec may change. */
export interface Checkout extends AsyncDisposable {
  readonly path: string;
}

export async function openCheckout(): Promise<Checkout> {
  const path = await mkdtemp("/tmp/checkout-");
  const parts = ["harness", "fixtures", "scripts", "sql", "package.json", "vitest.config.ts"];
  for (const part of parts) await cp(join(checkout, part), join(path, part), { recursive: true });
  await mkdir(join(path, "specs"));
  await cp(join(checkout, "specs/laws"), join(path, "specs/laws"), { recursive: true });
  await cp(join(checkout, "specs/global-setup.ts"), join(path, "specs/global-setup.ts"));
  await symlink(join(checkout, "node_modules"), join(path, "node_modules"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export async function readReport(folder: string): Promise<VerifyReport> {
  return verifyReport.parse(JSON.parse(await readFile(join(folder, "verify.json"), "utf8")));
}

/** Command lines of running processes that name a folder. */
async function processesOf(folder: string): Promise<string[]> {
  const commands = await runningCommands();
  return commands.filter(
    (command) => command.includes(folder) && !command.includes("scripts/verify.ts"),
  );
}

function spawnOptions({
  cwd,
  throughShell,
}: VerifyOptions): SpawnOptionsWithStdioTuple<"ignore", "pipe", "pipe"> {
  return {
    cwd: cwd ?? checkout,
    detached: throughShell === true,
    stdio: ["ignore", "pipe", "pipe"],
  };
}
