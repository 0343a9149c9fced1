import type { MonitorReport, WatchVerdict } from "./monitor-report.ts";
import type { Palette } from "./render-law-line.ts";
import { cut, renderRows } from "./render-rows.ts";
import { renderThreshold } from "./watched-metric.ts";
import { wrapBehind } from "./wrap.ts";

export interface Screen {
  readonly width: number;
  /** How many lines there are at most. */
  readonly height: number;
}

/**
 * One reading for a person: what it comes to, every metric with its threshold, every view with as many of its rows as
 * there is room for. What is wrong is red, what could not be told yellow.
 */
export function renderMonitor(
  report: MonitorReport,
  palette: Palette,
  { width, height }: Screen,
): readonly string[] {
  const all = styles.map((style) => renderIn(style, report, palette, width));
  return all.find((lines) => lines.length <= height) ?? (all.at(-1) ?? []).slice(0, height);
}

/** How much of it is shown. */
interface Style {
  /** Of each view. */
  readonly rows: number;
  /** What there is no room for on a line is left out, and views in which all is well. */
  readonly isTerse: boolean;
}

/** From the most to the least. */
const styles: readonly Style[] = [
  ...[20, 10, 5, 3, 2, 1].map((rows) => ({ rows, isTerse: false })),
  ...[5, 3, 2, 1, 0].map((rows) => ({ rows, isTerse: true })),
];

function renderIn(
  style: Style,
  report: MonitorReport,
  palette: Palette,
  width: number,
): readonly string[] {
  const views = report.views.filter(
    ({ verdict }) => !style.isTerse || verdict === "trouble" || verdict === "unknown",
  );
  return [
    ...renderHead(report, palette, width, style),
    "",
    ...renderMetrics(report, palette, width, style),
    ...(views.length === 0 ? [] : [""]),
    ...views.flatMap((view) => renderView(view, palette, width, style)),
  ];
}

function renderHead(
  report: MonitorReport,
  palette: Palette,
  width: number,
  { isTerse }: Style,
): string[] {
  const { name, server, version, role } = report.database;
  const where = ` on PostgreSQL ${version} at ${server}, as ${role}`;
  const time = `${report.at.slice(0, 10)} ${report.at.slice(11, 19)} UTC`;
  const room = width - name.length - time.length - 2;
  return [
    `${palette.strong(name)}${palette.faint(cut(where, room).padEnd(room))}  ${palette.faint(time)}`,
    renderVerdict(report, palette, (label, text) =>
      isTerse ? cut(label + text, width) : wrapBehind(label, text, width),
    ),
    ...report.notes.map((note) => palette.doubtful(wrapBehind("! ", note, width))),
  ].flatMap((text) => text.split("\n"));
}

function renderVerdict(
  report: MonitorReport,
  palette: Palette,
  fit: (label: string, text: string) => string,
): string {
  const named = (verdict: WatchVerdict): string =>
    [
      ...report.metrics.filter((each) => each.verdict === verdict).map(({ name }) => name),
      ...report.views.filter((each) => each.verdict === verdict).map(({ title }) => title),
    ].join(", ");
  if (report.verdict === "quiet") return palette.good("✓ nothing to see");
  if (report.verdict === "trouble") return palette.bad(fit("✗ trouble: ", named("trouble")));
  const everything = [...report.metrics, ...report.views].every(
    ({ verdict }) => verdict === "unknown",
  );
  const what = everything ? "nothing of it could be read" : named("unknown");
  return palette.doubtful(fit("? cannot tell: ", what));
}

function renderMetrics(
  { metrics }: MonitorReport,
  palette: Palette,
  width: number,
  style: Style,
): readonly string[] {
  const table = metrics.map(cellsOf);
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...table.map((cells) => (cells[column] ?? "").length)),
  );
  const titleLine = titles.map((title, column) => align(title, column, widths)).join("  ");
  return [
    palette.faint(`  ${titleLine}`.trimEnd()),
    ...metrics.flatMap((metric, index) => {
      const lines = renderMetric(metric, table[index] ?? [], widths, palette, width);
      return style.isTerse ? lines.slice(0, 1) : lines;
    }),
  ];
}

const titles = ["", "value", "a minute", "threshold"] as const;

/** In the order of the titles. */
function cellsOf(metric: MonitorReport["metrics"][number]): readonly string[] {
  const { name, kind, unit, value, perMinute, above } = metric;
  if (value === null) return [name];
  return [
    name,
    `${numbers.format(value)}${unit === "seconds" ? " s" : ""}`,
    perMinute === null ? (kind === "counter" ? "?" : "") : perMinute.toFixed(1),
    above === null ? "" : renderThreshold({ kind, unit }, above),
  ];
}

/** Names and thresholds to the left, numbers to the right. */
function align(text: string, column: number, widths: readonly number[]): string {
  const wide = widths[column] ?? 0;
  return column === 1 || column === 2 ? text.padStart(wide) : text.padEnd(wide);
}

function renderMetric(
  { value, verdict, says }: MonitorReport["metrics"][number],
  cells: readonly string[],
  widths: readonly number[],
  palette: Palette,
  width: number,
): string[] {
  const colour = colourOf(verdict, palette);
  const [name = "", ...others] = cells.map((text, column) => align(text, column, widths));
  const start = `${sign(verdict, palette)} ${colour(name)}`;
  if (value === null) return behind(start, name.length + 2, ["  unknown: ", says], colour, width);
  const threshold = others.at(-1) ?? "";
  const numbersText = `  ${others.slice(0, -1).join("  ")}  `;
  const line = `${start}${colour(numbersText)}${palette.faint(threshold)}`;
  if (says === "") return [line.trimEnd()];
  const used = 2 + name.length + numbersText.length + threshold.length + 2;
  return used + says.length <= width
    ? [`${line}  ${colour(says)}`]
    : [line.trimEnd(), ...behind("", 0, [indent, says], colour, width)];
}

/** A text behind a start that is coloured already, and so longer than it looks. */
function behind(
  start: string,
  startWidth: number,
  [label, text]: readonly [string, string],
  colour: (text: string) => string,
  width: number,
): string[] {
  const [first = "", ...others] = wrapBehind(" ".repeat(startWidth) + label, text, width).split(
    "\n",
  );
  const begin = label + first.slice(startWidth + label.length);
  return [`${start}${colour(begin)}`, ...others.map((line) => colour(line))];
}

function renderView(
  { title, rows, verdict, says }: MonitorReport["views"][number],
  palette: Palette,
  width: number,
  { rows: mostRows }: Style,
): string[] {
  const colour = colourOf(verdict, palette);
  const start = `${sign(verdict, palette)} ${colour(title)}`;
  if (rows === null) return behind(start, title.length + 2, ["  unknown: ", says], colour, width);
  if (rows.length === 0) return [`${start}  ${palette.faint("none")}`];
  const shown = rows.slice(0, mostRows);
  const left = rows.length - shown.length;
  return [
    `${start}  ${colour(String(rows.length))}`,
    ...renderRows(shown, palette, width - indent.length).map((line) => indent + line),
    ...(left > 0 && shown.length > 0 ? [palette.faint(`${indent}… ${left} more`)] : []),
  ];
}

const indent = "    ";
const numbers = new Intl.NumberFormat("en");

function sign(verdict: WatchVerdict, palette: Palette): string {
  if (verdict === "quiet") return palette.good("✓");
  if (verdict === "trouble") return palette.bad("✗");
  return verdict === "unknown" ? palette.doubtful("?") : palette.faint("·");
}

function colourOf(verdict: WatchVerdict, palette: Palette): (text: string) => string {
  if (verdict === "trouble") return palette.bad;
  return verdict === "unknown" ? palette.doubtful : (text) => text;
}
