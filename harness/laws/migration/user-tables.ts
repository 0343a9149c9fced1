import { z } from "zod";
import { alembicLedger } from "../../migrations/ledger.ts";
import { sql } from "../../postgres/query.ts";
import type { Session } from "../../postgres/session.ts";

const userTable = z.object({
  /** As SQL writes it. */
  table: z.string(),
  columns: z.array(
    z.object({
      /** As SQL writes it. */
      name: z.string(),
      type: z.string(),
      /** The letter of the type's category, see `pg_type.typcategory`. */
      category: z.string(),
      required: z.boolean(),
      /** The first label of an enum. */
      label: z.string().nullable(),
      /** A query for a value of the column that a foreign key names. */
      referenced: z.string().nullable(),
      generated: z.boolean(),
    }),
  ),
});

export type UserTable = z.infer<typeof userTable>;

/** The tables that migrations made, with the columns that hold data; the ledger is none of them. */
export async function userTables(session: Session): Promise<UserTable[]> {
  return await session.all(sql.type(userTable)`
    select format('%I.%I', n.nspname, c.relname) as table,
      coalesce((select json_agg(json_build_object(
          'name', quote_ident(a.attname),
          'type', format_type(a.atttypid, a.atttypmod),
          'category', t.typcategory,
          'required', a.attnotnull,
          'label', (select enumlabel from pg_enum where enumtypid = t.oid order by enumsortorder limit 1),
          'referenced', (select format('select %I from %s limit 1', ra.attname, k.confrelid::regclass)
            from pg_constraint k join pg_attribute ra on ra.attrelid = k.confrelid and ra.attnum = k.confkey[1]
            where k.contype = 'f' and k.conrelid = c.oid and k.conkey = array[a.attnum] limit 1),
          'generated', a.attgenerated <> '' or a.attidentity = 'a') order by a.attnum)
        from pg_attribute a join pg_type t on t.oid = a.atttypid
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]') as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
      and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and (n.nspname, c.relname) <> (${alembicLedger.schema}, ${alembicLedger.table})
    order by 1`);
}
