import { flag, text } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import { typeAddress, typeOwner, typeParts, typePrivileges, userTypes } from "./user-type.ts";

/** Its checks are constraints of their own. */
export const domain = defineKind({
  kind: "domain",
  from: userTypes("t.typtype = 'd'"),
  address: typeAddress,
  parts: typeParts,
  name: ({ schema, type }) => `domain ${schema}.${type}`,
  attributes: {
    ...typeOwner,
    "base type": text("format_type(t.typbasetype, t.typtypmod)"),
    collation: text("nullif(t.typcollation, 0)::regcollation"),
    "not null": flag("t.typnotnull"),
    default: text("pg_get_expr(t.typdefaultbin, 0)"),
  },
  privileges: typePrivileges,
});
