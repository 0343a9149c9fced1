/**
 * Goal: Only the harness hears signals while vitest runs, so that nobody ends the process before servers are gone.
 * Method: Listeners are added while signals are kept and afterwards, and counted.
 */
import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { keepSignals } from "../../../harness/verify/keep-signals.ts";

test("a listener that comes while signals are kept is gone before a signal could come", async () => {
  const before = process.listenerCount("SIGTERM");
  using _ = keepSignals();

  process.once("SIGTERM", () => {});
  process.on("SIGTERM", () => {});
  await setImmediate();

  expect(process.listenerCount("SIGTERM")).toBe(before);
});

test("listeners that were there before, and those of other events, stay", async () => {
  process.on("SIGTERM", listener);
  onTestFinished(() => void process.off("SIGTERM", listener).off("exit", listener));
  using _ = keepSignals();

  process.on("exit", listener);
  await setImmediate();

  expect(process.listeners("SIGTERM")).toContain(listener);
  expect(process.listeners("exit")).toContain(listener);
});

test("afterwards listeners stay as usual", async () => {
  keepSignals()[Symbol.dispose]();

  process.on("SIGTERM", listener);
  onTestFinished(() => void process.off("SIGTERM", listener));
  await setImmediate();

  expect(process.listeners("SIGTERM")).toContain(listener);
});

function listener(): void {}
