/**
 * Goal: A run ends when whoever started it is gone, however far above, and package managers and shells lie between.
 * Method: A process that has a run is started through shells that stand in for npx and pnpm, which are then killed.
 * Signals are tried with real runs of `pnpm verify` in specs/harness/serial.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { isRunning, type ProcessIdentity } from "../../../harness/host/process-identity.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "starters-"));
  for (const name of ["pnpm", "npx", "editor"]) {
    await writeFile(join(folder, name), '#!/bin/sh\n"$@" &\nwait\n', { mode: 0o755 });
  }
  return () => rm(folder, { recursive: true });
});

test.for([
  { chain: ["editor"], title: "its parent" },
  { chain: ["pnpm", "editor"], title: "pnpm above its parent" },
  { chain: ["npx", "pnpm", "editor"], title: "npx above pnpm above its parent" },
])("$title", async ({ chain }) => {
  const { top, ended, started } = start(chain);
  const { run, server } = await started;

  top.kill("SIGKILL");
  await ended;

  expect(existsSync(run)).toBe(false);
  expect(isRunning(server)).toBe(false);
});

test("what is above a program that is no package manager may end", async () => {
  const { top, ended, started } = start(["npx", "editor", "editor"]);
  const { run, self } = await started;

  top.kill("SIGKILL");
  await once(top, "exit");

  expect(existsSync(run)).toBe(true);
  process.kill(self, "SIGTERM");
  await ended;
  expect(existsSync(run)).toBe(false);
});

interface Started {
  readonly self: number;
  readonly run: string;
  readonly server: ProcessIdentity;
}

/** `ended` settles when all that inherited its output have ended. */
function start(chain: readonly string[]): {
  top: ChildProcess;
  ended: Promise<unknown>;
  started: Promise<Started>;
} {
  const programs = chain.map((name) => join(folder, name));
  const words = [...programs, process.execPath, join(import.meta.dirname, "run-until-ended.ts")];
  const [program = "", ...args] = words;
  const top = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], detached: true });
  const ended = once(top.stdout, "close");
  onTestFinished(() => {
    if (top.pid !== undefined && top.exitCode === null && top.signalCode === null) top.kill();
  });
  const started = once(createInterface(top.stdout), "line").then(([line]): Started =>
    JSON.parse(String(line)),
  );
  return { top, ended, started };
}
