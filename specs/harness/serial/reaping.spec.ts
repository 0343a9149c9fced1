/**
 * Goal: Nothing of a run outlives it for longer than until the next start, and what cannot be opened says why.
 * Method: Processes open servers of each kind and are killed; then another run starts. Others are given a disk that is
 * too small and a folder whose name is too long.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { findDockerEngine } from "../../../harness/host/docker.ts";
import { reapDeadRuns } from "../../../harness/host/end-run.ts";
import { readEntries } from "../../../harness/host/run-folder.ts";
import { findProgram } from "../../../harness/host/debian-packages.ts";
import { readEnvironment } from "../../../harness/verify/environment.ts";
import { leftoversOf } from "./leftovers.ts";

const engine = await findDockerEngine();
const noEngine = engine.kind === "unreachable" ? engine.reason : "";
const { path } = readEnvironment();
const mount = process.getuid?.() === 0 ? await findProgram("mount", path) : undefined;

describe.for([
  { servers: ["embedded", "auto"], without: "" },
  { servers: ["docker", "docker"], without: noEngine },
])("what a killed run left of $servers", ({ servers, without }) => {
  beforeEach(({ skip }) => skip(without !== "", without));

  test("goes when the next run starts", async () => {
    const killed = await start(servers);
    const { run } = await killed.told;
    killed.child.kill("SIGKILL");
    await once(killed.child, "exit");
    const left = await leftoversOf(run);

    await reapDeadRuns();

    expect(left).not.toEqual([]);
    expect(existsSync(run.path)).toBe(false);
    expect(await leftoversOf(run)).toEqual([]);
  });
});

test("a run that is alive is left alone, and one that was killed is reaped by either of two that start at once", async () => {
  const alive = await start(["embedded"]);
  const killed = await start(["embedded"]);
  const { run } = await killed.told;
  const { run: other } = await alive.told;
  const before = readEntries(other);
  killed.child.kill("SIGKILL");
  await once(killed.child, "exit");

  await Promise.all([reapDeadRuns(), reapDeadRuns()]);

  expect(await leftoversOf(run)).toEqual([]);
  expect(before).not.toEqual([]);
  expect(readEntries(other)).toEqual(before);
});

test("a temporary folder whose name is too long for a socket is told, and leaves nothing", async () => {
  const folder = await openFolder(`too-${"long-".repeat(20)}`);

  const told = await (await start(["embedded"], folder)).told;

  expect(told).toMatchObject({
    code: "SOCKET_PATH_TOO_LONG",
    exitCode: 3,
    message: expect.stringMatching(/bytes long.*TMPDIR/s),
  });
  expect(await leftoversOf(told.run)).toEqual([]);
});

test.skipIf(mount === undefined)(
  "a full disk is told, and leaves nothing (only root can make one)",
  async () => {
    const folder = await openFolder("full");
    await promisify(execFile)("mount", ["-t", "tmpfs", "-o", "size=8m,mode=711", "tmpfs", folder]);
    onTestFinished(async () => void (await promisify(execFile)("umount", [folder])));

    const told = await (await start(["embedded"], folder)).told;

    expect(told).toMatchObject({
      code: "NO_ROOM",
      exitCode: 3,
      message: expect.stringMatching(/disk is full.*Make room/s),
    });
    expect(await leftoversOf(told.run)).toEqual([]);
  },
);

const told = z.object({
  run: z.object({ path: z.string(), runId: z.string() }),
  code: z.string().optional(),
  exitCode: z.int().optional(),
  message: z.string().optional(),
});

async function start(servers: readonly string[], temporary?: string) {
  const words = [process.execPath, join(import.meta.dirname, "open-and-wait.ts"), ...servers];
  const [program = "", ...args] =
    temporary === undefined ? words : ["env", `TMPDIR=${temporary}`, ...words];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await reapDeadRuns();
  });
  const line = once(createInterface(child.stdout), "line");
  return { child, told: line.then(([text]) => told.parse(JSON.parse(String(text)))) };
}

/** A folder that servers' users can reach, gone after the test. */
async function openFolder(name: string): Promise<string> {
  const outer = await mkdtemp(join(tmpdir(), "r-"));
  await chmod(outer, 0o711);
  onTestFinished(() => rm(outer, { recursive: true }));
  const folder = join(outer, name);
  await mkdir(folder);
  return folder;
}
