import { role } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import { isNotMember, isUserSchema } from "../scope.ts";

export const schema = defineKind({
  kind: "schema",
  from: `pg_namespace n where ${isUserSchema("n.nspname")} and ${isNotMember("pg_namespace", "n.oid")}`,
  address: { catalog: "'pg_namespace'", oid: "n.oid" },
  parts: { schema: "quote_ident(n.nspname)" },
  name: ({ schema: itself }) => `schema ${itself}`,
  attributes: { owner: role("n.nspowner") },
  privileges: { list: "n.nspacl", owner: "n.nspowner", letter: "'n'" },
});
