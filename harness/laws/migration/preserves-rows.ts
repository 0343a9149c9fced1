import { isDeepStrictEqual } from "node:util";
import pg from "pg";
import { z } from "zod";
import { createRecorder, show } from "../../explore/recorder.ts";
import type { Database } from "../../postgres/database.ts";
import { sql } from "../../postgres/query.ts";
import type { Law } from "../law.ts";
import { fillBaseline, type MigrationPart, operatorOf } from "./migration-part.ts";

export const preservesRows: Law<MigrationPart> = {
  id: "migration.preserves-rows",
  claim:
    "rows that were there before survive up and down and up unchanged, unless the revision declares the loss",
  situations: ["rows before up"],
  isBound: ({ meant }) => meant !== undefined && meant.startingRows.length > 0,
  async trial(stage) {
    const judge = createRecorder("up, down, up over starting rows");
    await using database = await stage.binding.openBaseline();
    await fillBaseline(stage, database, judge);
    const before = await readRows(database);
    if ([...before.values()].some((rows) => rows.length > 0)) stage.tally.meet("rows before up");
    const operator = await operatorOf(stage, database, judge);
    const legs = [
      ["up", operator.up],
      ["down", operator.down],
      ["up again", operator.up],
    ] as const;
    for (const [leg, carryOut] of legs) {
      judge.demandEqual(await carryOut(), "done", leg);
      const after = await readRows(database);
      for (const [table, rows] of before) {
        const now = after.get(table) ?? [];
        stage.tally.count("comparisons", rows.length);
        const gone = rows.filter((row) => !now.includes(row));
        const come = now.filter((row) => !rows.includes(row));
        judge.demand(isDeepStrictEqual(now, rows), {
          expected: `the ${rows.length} rows of ${table} as they were before ${leg}`,
          happened: `gone or changed: ${show(gone.slice(0, 3))}; come: ${show(come.slice(0, 3))}`,
        });
      }
    }
  },
};

/** Every row of every table of the user's, as text in a fixed order; the ledger's own row moves and is left out. */
async function readRows(database: Database): Promise<Map<string, readonly string[]>> {
  await using session = await database.connect({ name: "reader", role: "deployer" });
  const tables = await session.all(sql.type(z.object({ schema: z.string(), table: z.string() }))`
    select schemaname as schema, tablename as table from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema') and tablename <> 'alembic_version'
    order by 1, 2`);
  const rows = new Map<string, readonly string[]>();
  for (const { schema, table } of tables) {
    const name = [schema, table].map(pg.escapeIdentifier).join(".");
    const found = await session.run(`select t::text as row from ${name} t order by 1`);
    rows.set(
      `${schema}.${table}`,
      (found.rows as { row: string }[]).map(({ row }) => row),
    );
  }
  return rows;
}
