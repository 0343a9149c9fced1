import type { Palette } from "./render-law-line.ts";

export type Cell = string | number | boolean | null;

/**
 * Rows under the titles of their columns, one line each: columns stand apart by blanks, numbers to the right. What does
 * not fit is cut with `…`, since whoever watches wants every row in its place.
 */
export function renderRows(
  rows: readonly Readonly<Record<string, Cell>>[],
  palette: Palette,
  width: number,
): readonly string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const columns = Object.keys(first).map((title) => {
    const cells = rows.map((row) => cut(shown(row[title] ?? null), widestCell));
    const wide = Math.max(...[title, ...cells].map((text) => text.length));
    const right = rows.every((row) => typeof row[title] === "number");
    return [title, ...cells].map((text) => (right ? text.padStart(wide) : text.padEnd(wide)));
  });
  const lines = ["", ...rows].map((_, index) =>
    cut(
      columns
        .map((column) => column[index] ?? "")
        .join("  ")
        .trimEnd(),
      width,
    ),
  );
  return lines.map((line, index) => (index === 0 ? palette.faint(line) : line));
}

/** Cuts a text to so many characters. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 0))}…`;
}

/** On one line, and without what would steer a terminal: a row may hold whatever somebody wrote into it. */
function shown(cell: Cell): string {
  return cell === null
    ? "-"
    : String(cell)
        .replaceAll(/\s+/gu, " ")
        .replaceAll(/[\p{Cc}\p{Cf}]/gu, "�");
}

const widestCell = 64;
