import { flag, list, set, text } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import { isNotMember } from "../scope.ts";
import {
  options,
  parents,
  relationAddress,
  relationParts,
  relations,
  tablespace,
} from "./relation.ts";

const ofEachColumn = (expression: string): string =>
  `select array_agg(${expression} order by a.attnum) from pg_attribute a where a.attrelid = c.oid`;

/** Indexes, those behind constraints included. */
export const tableIndex = defineKind({
  kind: "index",
  from: `${relations("i,I", "join pg_index i on i.indexrelid = c.oid")}
    and ${isNotMember("pg_class", "i.indrelid")}`,
  address: relationAddress,
  of: { catalog: "'pg_class'", oid: "i.indrelid" },
  parts: relationParts,
  name: ({ schema, relation }) => `index ${schema}.${relation}`,
  attributes: {
    definition: text("pg_get_indexdef(c.oid)"),
    "access method": text("select amname from pg_am where oid = c.relam"),
    unique: flag("i.indisunique"),
    "nulls not distinct": flag("i.indnullsnotdistinct", { since: 15 }),
    primary: flag("i.indisprimary"),
    exclusion: flag("i.indisexclusion"),
    immediate: flag("i.indimmediate"),
    valid: flag("i.indisvalid"),
    ready: flag("i.indisready"),
    live: flag("i.indislive"),
    clustered: flag("i.indisclustered"),
    "replica identity": flag("i.indisreplident"),
    predicate: text("pg_get_expr(i.indpred, i.indrelid)"),
    "operator classes": list(
      `select array_agg(format('%I.%I', ns.nspname, o.opcname) order by place)
       from unnest(i.indclass::oid[]) with ordinality as each (oid, place)
       join pg_opclass o on o.oid = each.oid join pg_namespace ns on ns.oid = o.opcnamespace`,
    ),
    "column statistics": list(
      ofEachColumn("coalesce(nullif(a.attstattarget, -1)::text, 'default')"),
    ),
    options,
    tablespace,
    "attached to": parents,
    "column options": set(
      `select array_agg(a.attnum || ' ' || o) from pg_attribute a cross join lateral unnest(a.attoptions) o
       where a.attrelid = c.oid`,
    ),
  },
});
