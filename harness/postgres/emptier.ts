import { randomBytes } from "node:crypto";
import { escapeLiteral } from "pg";
import { z } from "zod";
import { quoteName } from "./quote-name.ts";
import { sql } from "./query.ts";
import type { Session } from "./session.ts";

const table = z.object({ schema: z.string(), table: z.string(), columns: z.string().nullable() });
const answer = z.object({ haveRows: z.array(z.boolean()) });
const sequence = z.object({ name: z.string(), last: z.number(), called: z.boolean() });

/**
 * A verb that brings the tables and sequences back to what they are now. Rows are deleted rather than truncated: on
 * small tables that is ten times faster, and it is done between any two runs of a property. Rows that a migration
 * brought are kept in a schema of the harness's own and put back. It is one call of a function that lasts as long as
 * the session and whose plans the server keeps; a table that has no rows is only looked at.
 */
export async function emptier(
  session: Session,
  keepRowsOf: readonly string[],
): Promise<() => Promise<void>> {
  const suffix = randomBytes(3).toString("hex");
  const store = `rehearsal_start_${suffix}`;
  const tables = (await session.all(userTables)).filter(
    (each) => !keepRowsOf.includes(`${each.schema}.${each.table}`),
  );
  const statements = tables.map(
    (each) => `if exists (select from ${nameOf(each)}) then delete from ${nameOf(each)}; end if`,
  );
  const full = await tablesWithRows(session, tables);
  for (const [index, each] of full.entries())
    statements.push(...(await saveRows(session, each, `${store}.t${index}`)));
  const sequences = await session.all(sequencePositions);
  const positions = sequences.map(
    ({ name, last, called }) => `setval(${escapeLiteral(name)}::regclass, ${last}, ${called})`,
  );
  if (positions.length > 0) statements.push(`perform ${positions.join(", ")}`);
  if (statements.length === 0) return () => Promise.resolve();
  const name = `pg_temp.rehearsal_empty_${suffix}`;
  const body = `begin ${statements.map((each) => `${each};`).join(" ")} end`;
  await session.run(
    `create function ${name}() returns void language plpgsql as ${escapeLiteral(body)}`,
  );
  return async () => {
    await session.run(`select ${name}()`);
  };
}

type Table = z.infer<typeof table>;

/** Those that hold anything, asked in one statement. */
async function tablesWithRows(
  session: Session,
  tables: readonly Table[],
): Promise<readonly Table[]> {
  if (tables.length === 0) return [];
  const questions = tables.map((each) => `exists (select from ${nameOf(each)})`);
  const { rows } = await session.run(`select array[${questions.join(", ")}] as "haveRows"`);
  const [{ haveRows }] = z.tuple([answer]).parse(rows);
  return tables.filter((_, index) => haveRows[index] === true);
}

async function saveRows(session: Session, each: Table, saved: string): Promise<string[]> {
  if (each.columns === null) return [];
  const [schema] = saved.split(".");
  await session.run(
    `create schema if not exists ${schema}; create table ${saved} as select ${each.columns} from ${nameOf(each)}`,
  );
  return [
    `insert into ${nameOf(each)} (${each.columns}) overriding system value select ${each.columns} from ${saved}`,
  ];
}

function nameOf(each: Table): string {
  return quoteName(each.schema, each.table);
}

/** Referencing tables come before those they reference, so that foreign keys do not stop the deletes. */
const userTables = sql.type(table)`
  select n.nspname as schema, c.relname as table,
    (select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and c.relpersistence <> 't'
    and n.nspname not in ('pg_catalog', 'information_schema') and not starts_with(n.nspname, 'rehearsal_')
  order by exists (select 1 from pg_constraint k where k.contype = 'f' and k.conrelid = c.oid) desc, 1, 2`;

const sequencePositions = sql.type(sequence)`
  select format('%I.%I', schemaname, sequencename) as name,
    coalesce(last_value, start_value) as last, last_value is not null as called
  from pg_sequences where not starts_with(schemaname, 'rehearsal_') order by 1`;
