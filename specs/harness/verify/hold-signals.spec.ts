/**
 * Goal: A signal that comes while something is being made is heeded as soon as it is made, and not lost.
 * Method: The process sends itself a signal while signals are held, and looks who hears it and when.
 */
import { setImmediate } from "node:timers/promises";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { holdSignals } from "../../../harness/verify/hold-signals.ts";

const heard: string[] = [];
function listener(): void {
  heard.push("listener");
}

afterEach(() => {
  process.off("SIGHUP", listener);
  heard.length = 0;
});

test("a signal is passed on to who listens by the time they are held no more", async () => {
  const held = holdSignals();
  process.kill(process.pid, "SIGHUP");
  await once(process, "SIGHUP");

  process.on("SIGHUP", listener);
  const passedOn = once(process, "SIGHUP");
  held[Symbol.dispose]();
  await passedOn;

  expect(heard).toEqual(["listener"]);
});

test("where none came, nobody is told", async () => {
  const held = holdSignals();

  process.on("SIGHUP", listener);
  held[Symbol.dispose]();
  await setImmediate();

  expect(heard).toEqual([]);
});
