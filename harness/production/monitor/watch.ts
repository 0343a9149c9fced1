import { setTimeout } from "node:timers/promises";
import type { Reader } from "./reader.ts";
import { addReading, openWindow, type Window } from "./window.ts";

/** What is known after a try to read: the readings so far, and why there was no new one. */
export interface Watched {
  readonly window: Window;
  readonly unreachable: string | undefined;
}

/** Reads every so many seconds until it is aborted, and shows what is known each time. A lost server is tried again. */
export async function watch(
  reader: Reader,
  everySeconds: number,
  signal: AbortSignal,
  show: (watched: Watched) => void,
): Promise<void> {
  let window = openWindow();
  while (!signal.aborted) {
    const startedAt = performance.now();
    const reading = await reader.read();
    if (signal.aborted) return;
    const unreachable = "unreachable" in reading ? reading.unreachable : undefined;
    if (!("unreachable" in reading)) window = addReading(window, reading);
    show({ window, unreachable });
    await pause(everySeconds * 1000 - (performance.now() - startedAt), signal);
  }
}

/** The time between two readings is what was asked for; there is no event to wait for. Over at once when it is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(Math.max(milliseconds, 0), undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
