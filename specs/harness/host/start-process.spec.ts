/**
 * Goal: A program that fails tells why, and one that cannot be started is told from one that failed.
 * Method: Small programs of the system are run in a run of this process.
 */
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { endRun } from "../../../harness/host/end-run.ts";
import { createRunFolder, readEntries, type RunFolder } from "../../../harness/host/run-folder.ts";
import {
  ProgramFailure,
  runProgram,
  startServerProcess,
} from "../../../harness/host/start-process.ts";

let run: RunFolder;
beforeEach(async () => {
  run = await createRunFolder();
  onTestFinished(() => endRun(run));
});

test("what it printed comes back, and nothing stays written down", async () => {
  const printed = await runProgram(run, "sh", ["-c", "echo $GREETING; pwd"], {
    env: { GREETING: "good morning" },
    cwd: "/",
  });

  expect(printed).toBe("good morning\n/\n");
  expect(readEntries(run)).toEqual([]);
});

test("one that fails tells what it said", async () => {
  const ran = runProgram(run, "sh", ["-c", "echo no room >&2; exit 3"]);

  await expect(ran).rejects.toThrow(ProgramFailure);
  await expect(ran).rejects.toMatchObject({ message: "sh ended with 3: no room" });
});

test("one that is killed tells by what", async () => {
  await expect(runProgram(run, "sh", ["-c", "kill -9 $$"])).rejects.toThrow("SIGKILL");
});

test.for(["nowhere-to-be-found", "/etc/passwd"])("%s cannot be started", async (program) => {
  const logFile = join(run.path, "log");
  const failure = { code: "PROGRAM_NOT_STARTED", message: expect.stringContaining(program) };

  await expect(runProgram(run, program, [])).rejects.toMatchObject(failure);
  await expect(startServerProcess(run, program, [], { logFile })).rejects.toMatchObject(failure);
});
