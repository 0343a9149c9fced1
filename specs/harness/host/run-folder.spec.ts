/**
 * Goal: What a run starts is written down for as long as it stands, and nothing can be started past the run's end.
 * Method: A run of this process writes entries, strikes them out and is ended while more are tried.
 */
import { existsSync, watch } from "node:fs";
import { mkdir, mkdtemp, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { endRun, howToEnd, reapDeadRuns } from "../../../harness/host/end-run.ts";
import { identifyProcess } from "../../../harness/host/process-identity.ts";
import {
  createRunFolder,
  keepRunFolder,
  knownRuns,
  noteEntry,
  readEntries,
  type RunFolder,
  strikeOut,
} from "../../../harness/host/run-folder.ts";
import { isRunning } from "../../../harness/host/process-identity.ts";
import { runProgram, startServerProcess } from "../../../harness/host/start-process.ts";

let run: RunFolder;
beforeEach(async () => {
  run = await createRunFolder();
  onTestFinished(() => endRun(run));
});

test("a run is known by its folder and who owns it", () => {
  const known = knownRuns().find(({ runId }) => runId === run.runId);

  expect(known).toEqual({
    ...run,
    owner: identifyProcess(process.pid),
    kept: false,
    entries: [],
  });
});

test("its path is short enough for sockets, and others may pass through it but not look into it", async () => {
  const { mode } = await stat(run.path);

  expect(mode & 0o777).toBe(0o711);
  expect(run.runId).toMatch(/^[0-9a-f]{8}$/);
});

test("an entry stands until it is struck out", () => {
  const gone = noteEntry(run, { kind: "container", name: "one" });
  noteEntry(run, { kind: "container", name: "two" });

  gone();

  expect(readEntries(run)).toEqual([{ kind: "container", name: "two" }]);
  strikeOut(run, ({ kind }) => kind === "container");
  expect(readEntries(run)).toEqual([]);
});

test("what is half written, as after a power cut, is no entry", async () => {
  await writeFile(join(run.path, "entries", "half.json"), '{"kind":"cont');

  expect(readEntries(run)).toEqual([]);
});

test("a process stands in it while it runs", async () => {
  const server = await startServerProcess(run, "sleep", ["600"], {
    logFile: join(run.path, "log"),
  });
  const during = readEntries(run);

  process.kill(server.pid);
  await server.ended;

  expect(during).toEqual([{ kind: "process", pid: server.pid, startedAt: server.startedAt }]);
  expect(readEntries(run)).toEqual([]);
});

test("ending it takes processes and folders away, its own last", async () => {
  const outside = await mkdtemp(join(tmpdir(), "outside-"));
  await mkdir(join(outside, "inner"));
  noteEntry(run, { kind: "folder", path: outside });
  const server = await startServerProcess(run, "sleep", ["600"], {
    logFile: join(run.path, "log"),
  });

  await endRun(run);

  expect(isRunning(server)).toBe(false);
  expect([outside, run.path].filter((path) => existsSync(path))).toEqual([]);
});

test("whose it was is told until nothing else is left, so that a later run can go on from there", async () => {
  await Promise.all(
    ["one", "two"].map((name) => mkdir(join(run.path, name, "data"), { recursive: true })),
  );
  const gone: string[] = [];
  const ownerGone = Promise.withResolvers<void>();
  const watcher = watch(run.path, (_, name) => {
    if (name === null || existsSync(join(run.path, name))) return;
    gone.push(name);
    if (name === "owner.json") ownerGone.resolve();
  });
  onTestFinished(() => watcher.close());

  await endRun(run);
  await ownerGone.promise;

  const told = gone.slice(0, gone.indexOf("owner.json"));
  expect(told).toEqual(expect.arrayContaining(["one", "two", "entries-closed"]));
});

test("a folder that cannot be there, since a file is above it, is gone", async () => {
  await writeFile(join(run.path, "file"), "");
  noteEntry(run, { kind: "folder", path: join(run.path, "file", "below") });

  await endRun(run);

  expect(existsSync(run.path)).toBe(false);
});

test("a process that does not listen is killed", async () => {
  const logFile = join(run.path, "log");
  const deaf = await startServerProcess(run, "sh", ["-c", "trap '' QUIT; sleep 600 & wait"], {
    logFile,
    ask: "SIGQUIT",
  });

  await endRun(run);

  expect(isRunning(deaf)).toBe(false);
});

test("nothing can be started once it is being ended", async () => {
  await endRun(run);

  await expect(runProgram(run, "sleep", ["60"])).rejects.toMatchObject({ code: "RUN_ENDED" });
  expect(() => noteEntry(run, { kind: "container", name: "late" })).toThrow(
    expect.objectContaining({ code: "RUN_ENDED" }),
  );
});

test("ending it twice is ending it once", async () => {
  await endRun(run);

  await expect(endRun(run)).resolves.toBeUndefined();
});

test("a run whose process is alive is not reaped, and neither is one that was kept", async () => {
  const dead = await createRunFolder();
  onTestFinished(() => endRun(dead));
  keepRunFolder(dead);
  await writeFile(
    join(dead.path, "owner.json"),
    JSON.stringify({ pid: process.pid, startedAt: "long ago", kept: true }),
  );

  await reapDeadRuns();

  expect(existsSync(run.path)).toBe(true);
  expect(existsSync(dead.path)).toBe(true);
});

test("a run whose number another process has is reaped, and that process left alone", async () => {
  const dead = await createRunFolder();
  noteEntry(dead, { kind: "process", pid: process.pid, startedAt: "long ago" });
  await writeFile(
    join(dead.path, "owner.json"),
    JSON.stringify({ pid: process.pid, startedAt: "long ago", kept: false }),
  );

  await reapDeadRuns();

  expect(existsSync(dead.path)).toBe(false);
});

test("how a kept run is ended names all that runs", async () => {
  const server = await startServerProcess(run, "sleep", ["600"], {
    logFile: join(run.path, "log"),
  });
  const strikeOutBox = noteEntry(run, { kind: "container", name: "box" });

  const command = howToEnd(run);
  strikeOutBox();

  expect(command.split("; ").toSorted()).toEqual(
    [
      `kill -QUIT ${server.pid}`,
      "sleep 1",
      "docker rm --force --volumes box",
      `rm -rf ${run.path}`,
    ].toSorted(),
  );
  expect(command).toMatch(/rm -rf \S+$/);
});
