import { list } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import { typeAddress, typeOwner, typeParts, typePrivileges, userTypes } from "./user-type.ts";

/** The order of its columns is part of what it means: a row is written by place. */
export const compositeType = defineKind({
  kind: "composite type",
  from: userTypes("c.relkind = 'c'", "join pg_class c on c.oid = t.typrelid"),
  address: typeAddress,
  parts: typeParts,
  name: ({ schema, type }) => `type ${schema}.${type}`,
  attributes: {
    ...typeOwner,
    columns: list(
      `select array_agg(quote_ident(a.attname) order by a.attnum) from pg_attribute a
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped`,
    ),
  },
  privileges: typePrivileges,
});
