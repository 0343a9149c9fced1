import { median } from "./median.ts";
import { type Aim, type MeasureName, measureNames, measures, type Unit } from "./measures.ts";

/** What came of every run of a measure, in its unit. */
export interface Figure {
  readonly name: MeasureName;
  readonly values: readonly number[];
  /** What else a reader wants to know of it. */
  readonly note?: string;
}

export const figureHead = inColumns("measure", "what", "median", "runs", "least to most", "aim");

/** One line under {@link figureHead}. */
export function renderFigure({ name, values, note }: Figure): string {
  const { what, unit, aim } = measures[name];
  const middle = median(values);
  const range = `${amount(Math.min(...values), unit)} to ${amount(Math.max(...values), unit)}`;
  const line = inColumns(
    name,
    what,
    amount(middle, unit),
    String(values.length),
    range,
    aim === undefined ? "" : renderAim(aim, middle, unit),
  );
  return note === undefined ? line : `${line}\n${inColumns("", note, "", "", "", "")}`;
}

/** A measure that could not be taken, and why. */
export function renderNotMeasured(name: MeasureName, reason: string): string {
  return `${inColumns(name, measures[name].what, "-", "0", "", "")}\n  not measured: ${reason}`;
}

export function amount(value: number, unit: Unit): string {
  if (unit === "×") return `${value.toFixed(2)} ×`;
  if (unit === "/s") return `${value.toFixed(0)} /s`;
  if (value >= 1000) return `${(value / 1000).toFixed(2)} s`;
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

function renderAim(aim: Aim, middle: number, unit: Unit): string {
  const [sign, bound, isMet] =
    "atMost" in aim
      ? ["≤", aim.atMost, middle <= aim.atMost]
      : ["≥", aim.atLeast, middle >= aim.atLeast];
  return `${sign} ${amount(bound, unit)}: ${isMet ? "met" : "missed"}`;
}

function inColumns(
  name: string,
  what: string,
  middle: string,
  runs: string,
  range: string,
  aim: string,
): string {
  const cells = [
    name.padEnd(Math.max(...measureNames.map(({ length }) => length))),
    what.padEnd(38),
    middle.padStart(8),
    runs.padStart(4),
    range.padStart(19),
    aim,
  ];
  return cells.join("  ").trimEnd();
}
