import { amount, flag, text, word, type Attribute } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import { typeAddress, typeOwner, typeParts, typePrivileges, userTypes } from "./user-type.ts";

const called = (procedure: string): Attribute => text(`nullif(${procedure}::oid, 0)::regproc`);

/** Types with functions of their own to read and write them, and shells that still wait for theirs. */
export const baseType = defineKind({
  kind: "base type",
  from: userTypes(
    "t.typtype in ('b', 'p') and not exists (select from pg_type of where of.typarray = t.oid)",
  ),
  address: typeAddress,
  parts: typeParts,
  name: ({ schema, type }) => `type ${schema}.${type}`,
  attributes: {
    ...typeOwner,
    defined: flag("t.typisdefined"),
    input: called("t.typinput"),
    output: called("t.typoutput"),
    receive: called("t.typreceive"),
    send: called("t.typsend"),
    "modifier input": called("t.typmodin"),
    "modifier output": called("t.typmodout"),
    analyze: called("t.typanalyze"),
    subscript: called("t.typsubscript"),
    element: text("nullif(t.typelem, 0)::regtype"),
    length: amount("t.typlen"),
    "by value": flag("t.typbyval"),
    alignment: word("t.typalign", { c: "char", s: "int2", i: "int4", d: "double" }),
    storage: word("t.typstorage", { p: "plain", e: "external", m: "main", x: "extended" }),
    category: text("t.typcategory"),
    preferred: flag("t.typispreferred"),
    delimiter: text("t.typdelim"),
    collation: text("nullif(t.typcollation, 0)::regcollation"),
    default: text("t.typdefault"),
  },
  privileges: typePrivileges,
});
