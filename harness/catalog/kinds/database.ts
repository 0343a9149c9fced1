import { amount, role } from "../attribute.ts";
import { defineKind } from "../kind.ts";

/** The database itself. Its name is left out, so that a clone equals its template. */
export const database = defineKind({
  kind: "database",
  from: "pg_database d where d.datname = current_database()",
  address: { catalog: "'pg_database'", oid: "d.oid" },
  parts: {},
  name: () => "database",
  attributes: {
    owner: role("d.datdba"),
    "connection limit": amount("nullif(d.datconnlimit, -1)"),
  },
  privileges: { list: "d.datacl", owner: "d.datdba", letter: "'d'" },
});
