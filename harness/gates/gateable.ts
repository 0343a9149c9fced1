import { z } from "zod";
import { isNotMember, isUserSchema } from "../catalog/scope.ts";
import { type Query, sql } from "../postgres/query.ts";

/**
 * What gates can go into. All of it is to be asked with an empty search_path: only then the server prints every name
 * with its schema.
 */
export const functionNames = queryOf(
  z.object({ name: z.string() }),
  `select distinct p.proname as name
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname not in ('pg_catalog', 'information_schema')`,
);

const userFunction = z.object({
  /** With schema and argument types. */
  signature: z.string(),
  /** The name where no other function is called so, else the signature. */
  label: z.string(),
  definition: z.string(),
  owner: z.string(),
  mayReplace: z.boolean(),
  isEventTrigger: z.boolean(),
});
export type UserFunction = z.infer<typeof userFunction>;

/** Functions and procedures outside of the server's schemas; aggregates have no body. */
export const userFunctions = queryOf(
  userFunction,
  `select p.oid::regprocedure::text as signature,
    case when count(*) over (partition by p.proname) = 1 then p.proname
      else p.oid::regprocedure::text end as label,
    pg_get_functiondef(p.oid) as definition,
    p.proowner::regrole::text as owner,
    pg_has_role(p.proowner, 'usage') as "mayReplace",
    p.prorettype = 'event_trigger'::regtype as "isEventTrigger"
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where p.prokind in ('f', 'p') and ${isOurs("pg_proc", "p.oid")}
  order by 1`,
);

/** Tables that rows can be written to, partitioned ones among them. */
export const userTables = queryOf(
  z.object({ table: z.string(), label: z.string() }),
  `select c.oid::regclass::text as table,
    case when count(*) over (partition by c.relname) = 1 then c.relname
      else c.oid::regclass::text end as label
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and c.relpersistence <> 't' and ${isOurs("pg_class", "c.oid")}
  order by 1`,
);

/** Not the server's, not an extension's, and not one of the schemas that the rehearsal makes. */
function isOurs(catalog: string, oid: string): string {
  return (
    "not starts_with(n.nspname, 'rehearsal_')" +
    ` and ${isUserSchema("n.nspname")} and ${isNotMember(catalog, oid)}`
  );
}

function queryOf<Row>(row: z.ZodType<Row>, text: string): Query<Row> {
  return sql.type(row)(Object.assign([text], { raw: Object.freeze([text]) }));
}
