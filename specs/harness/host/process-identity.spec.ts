/**
 * Goal: Nobody else's process is ever taken for one that a run started.
 * Method: This process, one that it starts and one that has ended are looked at.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { expect, onTestFinished, test } from "vitest";
import {
  childrenOf,
  commandOf,
  identifyProcess,
  isRunning,
  isThere,
  parentOf,
} from "../../../harness/host/process-identity.ts";

test("a running process is known by its number and start", () => {
  const self = identifyProcess(process.pid);

  expect(self).toMatchObject({ pid: process.pid, startedAt: expect.stringMatching(/\S/) });
  expect(self !== undefined && isRunning(self)).toBe(true);
});

test("another one that was given the same number is not it", () => {
  expect(isRunning({ pid: process.pid, startedAt: "another time" })).toBe(false);
});

test("a child is found from its parent and knows its parent", () => {
  const child = startChild();

  const found = childrenOf(process.pid).map(({ pid }) => pid);

  expect(found).toContain(child.pid);
  expect(parentOf(child.pid)).toBe(process.pid);
  expect(commandOf(child.pid)).toBe("sleep 600");
});

test("one that has ended is nobody, reaped or not", async () => {
  const child = startChild();
  const identity = identifyProcess(child.pid);
  if (identity === undefined) throw new Error("The child is not in the list.");
  const before = isThere(identity);

  child.kill();
  await child.ended;

  expect(before).toBe(true);
  expect(isThere(identity)).toBe(false);
  expect(identifyProcess(child.pid)).toBeUndefined();
  expect(commandOf(child.pid)).toBe("");
});

function startChild(): { pid: number; ended: Promise<unknown>; kill: () => void } {
  const child = spawn("sleep", ["600"], { stdio: "ignore" });
  const ended = once(child, "exit");
  const kill = (): void => void child.kill("SIGKILL");
  onTestFinished(kill);
  if (child.pid === undefined) throw new Error("sleep could not be started.");
  return { pid: child.pid, ended, kill };
}
