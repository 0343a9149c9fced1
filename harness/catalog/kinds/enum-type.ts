import { list } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import { typeAddress, typeOwner, typeParts, typePrivileges, userTypes } from "./user-type.ts";

/** Its labels stand in the order in which they compare. */
export const enumType = defineKind({
  kind: "enum",
  from: userTypes("t.typtype = 'e'"),
  address: typeAddress,
  parts: typeParts,
  name: ({ schema, type }) => `type ${schema}.${type}`,
  attributes: {
    ...typeOwner,
    labels: list(
      "select array_agg(l.enumlabel order by l.enumsortorder) from pg_enum l where l.enumtypid = t.oid",
    ),
  },
  privileges: typePrivileges,
});
