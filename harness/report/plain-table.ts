import Table from "cli-table3";

/** Columns stand apart by blanks; lines round every cell would be louder than what stands in them. */
const noLines = {
  ...Object.fromEntries(
    ["top", "bottom", "left", "right", "mid"].flatMap((side) =>
      ["", "-mid", "-left", "-right"].map((joint) => [`${side}${joint}`, ""]),
    ),
  ),
  middle: "  ",
};

/** A table as lines without blanks at their ends; cells are broken at blanks to fit into `widths` characters. */
export function renderPlainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  widths: readonly number[],
): readonly string[] {
  const table = new Table({
    head: [...head],
    chars: noLines,
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
    colWidths: [...widths],
    wordWrap: true,
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
}
