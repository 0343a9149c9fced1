import { amount, flag, set, text, word } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import { isNotMember, isUserSchema } from "../scope.ts";

/** Columns of tables, views and composite types. */
export const column = defineKind({
  kind: "column",
  from: `pg_attribute a
    join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relkind = any ('{r,p,v,m,c}') and a.attnum > 0 and not a.attisdropped
      and ${isUserSchema("n.nspname")} and ${isNotMember("pg_class", "c.oid")}`,
  address: { catalog: "'pg_class'", oid: "c.oid", column: "a.attnum" },
  of: {
    catalog: "case c.relkind when 'c' then 'pg_type' else 'pg_class' end",
    oid: "case c.relkind when 'c' then c.reltype else c.oid end",
  },
  parts: {
    schema: "quote_ident(n.nspname)",
    relation: "quote_ident(c.relname)",
    column: "quote_ident(a.attname)",
  },
  name: ({ schema, relation, column: itself }) => `column ${schema}.${relation}.${itself}`,
  attributes: {
    type: text("format_type(a.atttypid, a.atttypmod)"),
    collation: text("nullif(a.attcollation, 0)::regcollation"),
    "not null": flag("a.attnotnull"),
    identity: word("a.attidentity", { "": "none", a: "always", d: "by default" }),
    generated: word("a.attgenerated", { "": "none", s: "stored", v: "virtual" }),
    "generation expression": text(
      "case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end",
    ),
    default: text("case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end"),
    storage: word("a.attstorage", { p: "plain", e: "external", m: "main", x: "extended" }),
    compression: word("a.attcompression", { "": "default", p: "pglz", l: "lz4" }),
    "statistics target": amount("nullif(a.attstattarget, -1)"),
    options: set("a.attoptions"),
    "declared here": flag("a.attislocal"),
    "times inherited": amount("a.attinhcount"),
    position: amount("a.attnum", { equality: "physical" }),
    "value of older rows": text("a.attmissingval", { equality: "physical" }),
  },
  privileges: { list: "a.attacl", owner: "c.relowner", letter: "'c'" },
});
