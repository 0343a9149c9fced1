import type { Reading, Told } from "./reading.ts";

/** The readings that rates are told from, the oldest first: those of the last minute, and one before. */
export interface Window {
  readonly readings: readonly Reading[];
  /**
   * Below so many seconds a rate is not stretched to a minute, but counts what came so far: one failure right after the
   * start is no ten a minute. Zero where somebody chose how long to look.
   */
  readonly leastSeconds: number;
  /** What somebody must know of the numbers, such as a restart. */
  readonly notes: readonly string[];
}

export function openWindow(leastSeconds = longest): Window {
  return { readings: [], leastSeconds, notes: [] };
}

/** A restart, or a counter that went back, makes what was read before worthless: counting begins again, with a note. */
export function addReading(window: Window, reading: Reading): Window {
  const last = window.readings.at(-1);
  if (last === undefined) return { ...window, readings: [reading] };
  const told = whyAnew(last, reading);
  if (told !== undefined)
    return { ...window, readings: [reading], notes: [told, ...window.notes].slice(0, mostNotes) };
  const readings = [...window.readings, reading];
  const first = readings.findLastIndex(({ at }) => at <= reading.at - longest);
  return { ...window, readings: readings.slice(Math.max(first, 0)) };
}

/** A minute: thresholds are by the minute. */
const longest = 60;
const mostNotes = 3;

/** Growth of a counter in a minute; unknown until it was read twice. */
export function rateOf({ readings, leastSeconds }: Window, name: string): Told<number> {
  const last = readings.at(-1);
  const now = last === undefined ? undefined : valueOf(last, name);
  if (last === undefined || now === undefined)
    return { known: false, reason: "the counter could not be read" };
  const first = readings.find((reading) => valueOf(reading, name) !== undefined);
  const before = first === undefined ? undefined : valueOf(first, name);
  if (first === undefined || first === last || before === undefined)
    return { known: false, reason: "a rate needs two readings" };
  const seconds = Math.max(last.at - first.at, leastSeconds, 1);
  return { known: true, value: ((now - before) * 60) / seconds };
}

/** Between the first reading and the last; nothing without two. */
export function secondsOf({ readings }: Window): number | undefined {
  const [first, last] = [readings[0], readings.at(-1)];
  return first === undefined || last === undefined || first === last
    ? undefined
    : last.at - first.at;
}

function whyAnew(before: Reading, now: Reading): string | undefined {
  if (now.startedAt !== before.startedAt)
    return (
      `${clock(now.at)} the server was started anew at ${clock(now.startedAt)}: ` +
      "counters may have jumped by up to 32 or begun again; rates are counted from here"
    );
  for (const { metric } of now.metrics) {
    const [one, other] = [valueOf(before, metric.name), valueOf(now, metric.name)];
    if (metric.kind === "counter" && one !== undefined && other !== undefined && other < one)
      return `${clock(now.at)} ${metric.name} went back from ${one} to ${other}: rates are counted from here`;
  }
  return undefined;
}

function valueOf({ metrics }: Reading, name: string): number | undefined {
  const told = metrics.find(({ metric }) => metric.name === name)?.told;
  return told?.known === true ? told.value : undefined;
}

function clock(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(11, 19)} UTC`;
}
