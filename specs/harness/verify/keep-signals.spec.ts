/**
 * Goal: Only the harness hears signals once vitest was made, so that nobody ends the process before servers are gone.
 * Method: Listeners are added while signals are kept and afterwards, and looked for.
 */
import { setImmediate } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { keepSignals } from "../../../harness/verify/keep-signals.ts";

afterEach(() => {
  process.off("SIGTERM", listener).off("exit", listener);
});

test("a listener that comes meanwhile is gone before a signal could come", async () => {
  const before = process.listenerCount("SIGTERM");

  await keepSignals(async () => {
    process.once("SIGTERM", () => {});
    process.on("SIGTERM", () => {});
  });

  expect(process.listenerCount("SIGTERM")).toBe(before);
});

test("listeners that were there before, and those of other events, stay", async () => {
  process.on("SIGTERM", listener);

  await keepSignals(async () => {
    process.on("exit", listener);
  });

  expect(process.listeners("SIGTERM")).toContain(listener);
  expect(process.listeners("exit")).toContain(listener);
});

test("afterwards listeners stay as usual, also when something went wrong meanwhile", async () => {
  await expect(keepSignals(() => Promise.reject(new Error("wrong")))).rejects.toThrow("wrong");

  process.on("SIGTERM", listener);
  await setImmediate();

  expect(process.listeners("SIGTERM")).toContain(listener);
});

function listener(): void {}
