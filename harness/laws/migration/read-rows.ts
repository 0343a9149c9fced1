import { z } from "zod";
import type { Database } from "../../postgres/database.ts";
import { userTables } from "./user-tables.ts";

/** The rows of a table, each with its columns as text. */
export interface TableRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

const found = z.object({ row: z.array(z.string().nullable()) });

/** Every row of every table that migrations made. */
export async function readRows(database: Database): Promise<ReadonlyMap<string, TableRows>> {
  const session = await database.lend({ name: "reader", role: "deployer" });
  const tables = new Map<string, TableRows>();
  for (const { table, columns } of await userTables(session)) {
    const names = columns.map(({ name }) => name);
    const texts = names.map((name) => `t.${name}::text`).join(", ");
    const { rows } = await session.run(`select array[${texts}]::text[] as row from ${table} t`);
    tables.set(table, { columns: names, rows: rows.map((row) => found.parse(row).row) });
  }
  await database.rest(session);
  return tables;
}

/** The rows with these columns only, as text in a fixed order. */
export function rowsOf({ columns, rows }: TableRows, wanted: readonly string[]): string[] {
  const places = wanted.map((name) => columns.indexOf(name));
  return rows
    .map((row) => `(${places.map((place) => row[place] ?? "null").join(", ")})`)
    .toSorted();
}
