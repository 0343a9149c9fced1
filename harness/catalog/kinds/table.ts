import { amount, flag, list, role, text, word } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import {
  keeping,
  parents,
  relationAddress,
  relationParts,
  relationPrivileges,
  relations,
} from "./relation.ts";

/** Ordinary and partitioned tables, partitions among them. */
export const table = defineKind({
  kind: "table",
  from: relations("r,p"),
  address: relationAddress,
  parts: relationParts,
  name: ({ schema, relation }) => `table ${schema}.${relation}`,
  attributes: {
    owner: role("c.relowner"),
    ...keeping,
    "row security": flag("c.relrowsecurity"),
    "row security forced": flag("c.relforcerowsecurity"),
    "replica identity": word("c.relreplident", {
      d: "default",
      n: "nothing",
      f: "full",
      i: "index",
    }),
    "partitioned by": text("pg_get_partkeydef(c.oid)"),
    inherits: parents,
    "partition bound": text("pg_get_expr(c.relpartbound, c.oid)"),
    "detach pending": flag(
      "coalesce((select bool_or(h.inhdetachpending) from pg_inherits h where h.inhrelid = c.oid), false)",
    ),
    "of type": text("nullif(c.reloftype, 0)::regtype"),
    "dropped slots": list(
      "select array_agg(a.attnum order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attisdropped",
      { equality: "physical" },
    ),
    file: amount("c.relfilenode::int8", { equality: "same-database" }),
  },
  privileges: relationPrivileges,
});
