/** What can be measured, in the order in which it is. */
export const measureNames = [
  "server-cold",
  "server-warm",
  "clone",
  "law",
  "linearize",
  "schedules",
  "schedules-plain",
  "schedules-gated",
  "reset",
  "verify-quick",
  "verify-default",
] as const;
export type MeasureName = (typeof measureNames)[number];

export type Unit = "ms" | "×" | "/s";

export interface Measure {
  /** For a person who reads the figures. */
  readonly what: string;
  readonly unit: Unit;
  /** How often it is done where nobody says otherwise. */
  readonly runs: number;
  /** Of the median, on two cores. */
  readonly aim?: Aim;
}

export type Aim = { readonly atMost: number } | { readonly atLeast: number };

export const measures: Readonly<Record<MeasureName, Measure>> = {
  "server-cold": { what: "a server ready, from an empty cache", unit: "ms", runs: 5 },
  "server-warm": {
    what: "a server ready, from a filled cache",
    unit: "ms",
    runs: 11,
    aim: { atMost: 250 },
  },
  clone: { what: "a clone, by a bare create database", unit: "×", runs: 21, aim: { atMost: 1.3 } },
  law: { what: "a law whose trial is empty", unit: "ms", runs: 51 },
  linearize: { what: "histories of 160 calls decided", unit: "/s", runs: 21 },
  schedules: { what: "schedules of 3 × 3 without a wait", unit: "/s", runs: 5 },
  "schedules-plain": {
    what: "the same, by those of isolationtester",
    unit: "×",
    runs: 3,
    aim: { atLeast: 5 },
  },
  "schedules-gated": {
    what: "gated schedules of two who record",
    unit: "/s",
    runs: 7,
    aim: { atLeast: 800 },
  },
  reset: { what: "a reset between two schedules", unit: "ms", runs: 201 },
  "verify-quick": {
    what: "pnpm verify at quick effort",
    unit: "ms",
    runs: 5,
    aim: { atMost: 8_000 },
  },
  "verify-default": {
    what: "pnpm verify at default effort",
    unit: "ms",
    runs: 3,
    aim: { atMost: 60_000 },
  },
};
