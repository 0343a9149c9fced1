import { flag, role, text } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import {
  persistence,
  relationAddress,
  relationParts,
  relationPrivileges,
  relations,
} from "./relation.ts";

const columnOf = (dependency: "a" | "i"): string =>
  `select format('%s.%I', owner.refobjid::regclass, a.attname)
   from pg_attribute a where a.attrelid = owner.refobjid and a.attnum = owner.refobjsubid
     and owner.deptype = '${dependency}'`;

/**
 * Where it starts, how it steps, and which column it serves. Where it stands is data. Numbers are texts here: the
 * bounds of a bigint sequence are beyond what JavaScript counts exactly.
 */
export const sequence = defineKind({
  kind: "sequence",
  from: relations(
    "S",
    `join pg_sequence s on s.seqrelid = c.oid
     left join pg_depend owner on owner.classid = 'pg_class'::regclass and owner.objid = c.oid and owner.objsubid = 0
       and owner.refclassid = 'pg_class'::regclass and owner.deptype in ('a', 'i')`,
  ),
  address: relationAddress,
  of: { catalog: "'pg_class'", oid: "owner.refobjid" },
  parts: relationParts,
  name: ({ schema, relation }) => `sequence ${schema}.${relation}`,
  attributes: {
    owner: role("c.relowner"),
    type: text("format_type(s.seqtypid, null)"),
    start: text("s.seqstart"),
    increment: text("s.seqincrement"),
    minimum: text("s.seqmin"),
    maximum: text("s.seqmax"),
    cache: text("s.seqcache"),
    cycle: flag("s.seqcycle"),
    persistence,
    "owned by": text(columnOf("a")),
    "identity of": text(columnOf("i")),
  },
  privileges: relationPrivileges,
});
