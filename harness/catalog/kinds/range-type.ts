import { text } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import { typeAddress, typeOwner, typeParts, typePrivileges, userTypes } from "./user-type.ts";

/** A range and the multirange type that comes with it. */
export const rangeType = defineKind({
  kind: "range type",
  from: userTypes(
    "t.typtype = 'r'",
    "join pg_range r on r.rngtypid = t.oid join pg_opclass o on o.oid = r.rngsubopc",
  ),
  address: typeAddress,
  parts: typeParts,
  name: ({ schema, type }) => `type ${schema}.${type}`,
  attributes: {
    ...typeOwner,
    subtype: text("format_type(r.rngsubtype, null)"),
    "operator class": text("format('%s.%I', o.opcnamespace::regnamespace, o.opcname)"),
    collation: text("nullif(r.rngcollation, 0)::regcollation"),
    canonical: text("nullif(r.rngcanonical::oid, 0)::regproc"),
    "subtype difference": text("nullif(r.rngsubdiff::oid, 0)::regproc"),
    "multirange type": text("r.rngmultitypid::regtype"),
  },
  privileges: typePrivileges,
});
