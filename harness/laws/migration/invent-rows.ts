import { plainText } from "../../postgres/query.ts";
import type { Session } from "../../postgres/session.ts";
import { type UserTable, userTables } from "./user-tables.ts";

/**
 * Puts a row or two into every table that takes one: the first with a value in each column, the second with those that
 * it cannot do without. Values are made from the types; what a constraint refuses is left out. Answers the statements
 * that went through.
 */
export async function inventRows(session: Session): Promise<string[]> {
  const made: string[] = [];
  let left = (await userTables(session)).flatMap((table) => [
    insertion(table, () => true, 1),
    insertion(table, ({ required }) => required, 2),
  ]);
  // A row that references another has to wait until that is there.
  for (let progress = true; progress;) {
    const refused: string[] = [];
    for (const statement of left) {
      const answer = await session.answer(plainText(statement));
      (answer.kind === "rows" ? made : refused).push(statement);
    }
    progress = refused.length > 0 && refused.length < left.length;
    left = refused;
  }
  return made;
}

type Column = UserTable["columns"][number];

function insertion(table: UserTable, isWanted: (column: Column) => boolean, row: number): string {
  const columns = table.columns.filter((column) => !column.generated && isWanted(column));
  if (columns.length === 0) return `insert into ${table.table} default values`;
  const names = columns.map(({ name }) => name).join(", ");
  return `insert into ${table.table} (${names}) values (${columns.map((each) => valueOf(each, row)).join(", ")})`;
}

function valueOf({ category, type, label, referenced }: Column, row: number): string {
  if (referenced !== null) return `(${referenced})`;
  const literal = label ?? literals[category]?.(row) ?? otherLiterals[type]?.(row);
  return literal === undefined ? "null" : `'${literal.replaceAll("'", "''")}'::${type}`;
}

/** By `pg_type.typcategory`. A cast cuts a text to the length that the column has. */
const literals: Readonly<Record<string, (row: number) => string>> = {
  A: () => "{}",
  B: () => "true",
  D: (row) => `2020-01-01 00:00:0${row}`,
  I: (row) => `10.0.0.${row}`,
  N: String,
  S: (row) => `row ${row}`,
  T: (row) => `${row} hours`,
};

const otherLiterals: Readonly<Record<string, (row: number) => string>> = {
  bytea: (row) => String.raw`\x0${row}`,
  json: (row) => `{"row": ${row}}`,
  jsonb: (row) => `{"row": ${row}}`,
  uuid: (row) => `00000000-0000-4000-8000-00000000000${row}`,
};
