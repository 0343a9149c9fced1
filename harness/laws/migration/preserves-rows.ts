import { isDeepStrictEqual } from "node:util";
import { createRecorder, type Recorder, show } from "../../explore/recorder.ts";
import type { Stage } from "../../explore/stage.ts";
import type { Law } from "../law.ts";
import { fillBaseline } from "./baseline-rows.ts";
import type { MigrationPart } from "./migration-part.ts";
import { operatorOf } from "./operator.ts";
import { readRows, rowsOf, type TableRows } from "./read-rows.ts";

export const preservesRows: Law<MigrationPart> = {
  id: "migration.preserves-rows",
  claim:
    "rows that were there before survive up and down and up unchanged, unless the revision declares the loss",
  situations: ["rows before up, if a table was there"],
  async trial(stage) {
    const judge = createRecorder("up, down, up over starting rows");
    await using database = await stage.binding.openBaseline();
    await fillBaseline(stage, database, judge);
    const before = await readRows(database);
    if (before.size === 0) stage.tally.note("no table was there before up");
    if (before.size === 0 || [...before.values()].some(({ rows }) => rows.length > 0))
      stage.tally.meet("rows before up, if a table was there");
    const operator = await operatorOf(stage, database, judge);
    judge.demandEqual(await operator.up(), "done", "up");
    demandRows(judge, stage, before, await readRows(database), "shared");
    judge.demandEqual(await operator.down(), "done", "down");
    demandRows(judge, stage, before, await readRows(database), "all");
    judge.demandEqual(await operator.up(), "done", "up again");
    demandRows(judge, stage, before, await readRows(database), "shared");
  },
};

/** Up may rename and take away; after down every table and column is back, with what was in it. */
function demandRows(
  judge: Recorder,
  { tally, binding }: Stage<MigrationPart>,
  before: ReadonlyMap<string, TableRows>,
  after: ReadonlyMap<string, TableRows>,
  columns: "shared" | "all",
): void {
  const declared = binding.meant?.losesRowsOf ?? [];
  for (const [table, old] of before) {
    const now = after.get(table);
    if (declared.includes(table) || (now === undefined && columns === "shared")) continue;
    const compared = old.columns.filter(
      (name) => columns === "all" || now?.columns.includes(name) === true,
    );
    const [was, is] = [rowsOf(old, compared), now === undefined ? [] : rowsOf(now, compared)];
    tally.count("comparisons", was.length);
    const gone = was.filter((row) => !is.includes(row));
    const come = is.filter((row) => !was.includes(row));
    judge.demand(isDeepStrictEqual(is, was), {
      expected: `the ${was.length} rows of ${table} as they were before`,
      happened: `${is.length} rows; gone or changed: ${some(gone)}; come: ${some(come)}`,
    });
  }
}

function some(rows: readonly string[]): string {
  return rows.length === 0 ? "none" : show(rows.slice(0, 3));
}
