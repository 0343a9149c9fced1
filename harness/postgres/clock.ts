import { z } from "zod";
import { quoteName } from "./quote-name.ts";
import { sql } from "./query.ts";
import type { Session } from "./session.ts";

const instantColumn = z.object({ schema: z.string(), table: z.string(), column: z.string() });

/**
 * A verb that moves the clock on by moving what the database remembers of it back: every `timestamptz` of every table
 * that is there now, from the catalog, but for generated columns and the caller's own data. That is what time passing
 * looks like to SQL that stores deadlines. It is an UPDATE: no transaction that touched these tables may be open. It
 * answers with the statements that did it.
 */
export async function clockMover(
  session: Session,
  callersInstants: readonly string[],
): Promise<(seconds: number) => Promise<readonly string[]>> {
  const columns = (await session.all(instantColumns)).filter(
    ({ schema, table, column }) => !callersInstants.includes(`${schema}.${table}.${column}`),
  );
  const tables = Map.groupBy(columns, ({ schema, table }) => quoteName(schema, table));
  return async (seconds) => {
    const statements = [...tables].map(([table, itsColumns]) => {
      const shifts = itsColumns.map(({ column }) => {
        const name = quoteName(column);
        return `${name} = ${name} - make_interval(secs => ${seconds})`;
      });
      return `update ${table} set ${shifts.join(", ")}`;
    });
    if (statements.length > 0) await session.run(statements.join("; "));
    return statements;
  };
}

const instantColumns = sql.type(instantColumn)`
  select n.nspname as schema, c.relname as table, a.attname as column
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and c.relpersistence <> 't'
    and n.nspname not in ('pg_catalog', 'information_schema') and not starts_with(n.nspname, 'rehearsal_')
    and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    and a.atttypid = 'timestamptz'::regtype
  order by 1, 2, a.attnum`;
