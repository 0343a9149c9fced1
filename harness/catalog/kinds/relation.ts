import { list, set, text, word, type Attributes } from "../attribute.ts";
import type { Address, PrivilegeSource } from "../kind.ts";
import { isNotMember, isUserSchema } from "../scope.ts";

/** What tables, views, sequences and indexes have in common: a row `c` of `pg_class` in schema `n`. */
export function relations(letters: string, joins = ""): string {
  return `pg_class c join pg_namespace n on n.oid = c.relnamespace ${joins}
    where c.relkind = any ('{${letters}}') and ${isUserSchema("n.nspname")} and ${isNotMember("pg_class", "c.oid")}`;
}

export const relationAddress: Address = { catalog: "'pg_class'", oid: "c.oid" };

export const relationParts = {
  schema: "quote_ident(n.nspname)",
  relation: "quote_ident(c.relname)",
};

export const relationPrivileges: PrivilegeSource = {
  list: "c.relacl",
  owner: "c.relowner",
  letter: `case c.relkind when 'S' then 's' else 'r' end::"char"`,
};

export const options = set("c.reloptions");

export const tablespace = text(
  "select spcname from pg_tablespace where oid = nullif(c.reltablespace, 0)",
);

export const persistence = word("c.relpersistence", { p: "permanent", u: "unlogged" });

/** How the rows are kept: what tables and materialized views share. */
export const keeping: Attributes = {
  persistence,
  "access method": text("select amname from pg_am where oid = c.relam"),
  options,
  "toast options": set("select reloptions from pg_class toast where toast.oid = c.reltoastrelid"),
  tablespace,
};

/** The relations that this one inherits from or is a partition of. */
export const parents = list(
  "select array_agg(h.inhparent::regclass order by h.inhseqno) from pg_inherits h where h.inhrelid = c.oid",
);
