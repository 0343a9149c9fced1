/** What can be measured, in the order in which it is. */
export const measureNames = [
  "server-cold",
  "server-warm",
  "clone",
  "law",
  "linearize",
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
  /** On two cores; the median is to be no greater. */
  readonly aim?: number;
}

export const measures: Readonly<Record<MeasureName, Measure>> = {
  "server-cold": { what: "a server ready, from an empty cache", unit: "ms", runs: 5 },
  "server-warm": { what: "a server ready, from a filled cache", unit: "ms", runs: 11, aim: 250 },
  clone: { what: "a clone, by a bare create database", unit: "×", runs: 21, aim: 1.3 },
  law: { what: "a law whose trial is empty", unit: "ms", runs: 51 },
  linearize: { what: "histories of 160 calls decided", unit: "/s", runs: 21 },
  "verify-quick": { what: "pnpm verify at quick effort", unit: "ms", runs: 5, aim: 5_000 },
  "verify-default": { what: "pnpm verify at default effort", unit: "ms", runs: 3, aim: 20_000 },
};
