import type { Lane } from "../programs/lane.ts";
import { call, type Program } from "../programs/program.ts";
import { plainText } from "../postgres/query.ts";

/** Three sessions of three statements, each on a table of its own, so that nobody waits for anybody. */
export const plainTables = ["plain_a", "plain_b", "plain_c"] as const;

export const makePlainTables = plainTables
  .map((table) => `create table ${table} (n integer not null);`)
  .join(" ");

/** Brings the tables back to what they were: what a lane makes of them, too. */
export const emptyPlainTables = plainTables.map((table) => `delete from ${table};`).join(" ");

export function plainStatements(table: string): readonly string[] {
  return [
    `insert into ${table} values (1)`,
    `update ${table} set n = n + 1`,
    `select n from ${table}`,
  ];
}

export const plainProgram: Program = {
  title: "three by three",
  scripts: plainTables.map((table) => ({
    name: table,
    isolation: "read committed",
    acts: plainStatements(table).map((text) => call(plainText(text))),
  })),
};

/** In how many orders the nine statements can come: 9! / (3! · 3! · 3!). */
export const plainSchedules = 1680;

/** The tables are made after the lane, so that no gates are on them. */
export async function preparePlainTables(lane: Lane): Promise<void> {
  await lane.reader.run(makePlainTables);
  await lane.prepare(() => Promise.resolve());
}
