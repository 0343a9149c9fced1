import { flag, roles, text, word } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import { isNotMember, isUserSchema } from "../scope.ts";

/** Row security policies. */
export const policy = defineKind({
  kind: "policy",
  from: `pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
    where ${isUserSchema("n.nspname")} and ${isNotMember("pg_class", "c.oid")}`,
  address: { catalog: "'pg_policy'", oid: "p.oid" },
  of: { catalog: "'pg_class'", oid: "p.polrelid" },
  parts: { policy: "quote_ident(p.polname)" },
  name: ({ policy: itself }, of) => `policy ${itself} on ${of}`,
  attributes: {
    command: word("p.polcmd", {
      r: "select",
      a: "insert",
      w: "update",
      d: "delete",
      "*": "all",
    }),
    permissive: flag("p.polpermissive"),
    roles: roles("p.polroles"),
    using: text("pg_get_expr(p.polqual, p.polrelid)"),
    "with check": text("pg_get_expr(p.polwithcheck, p.polrelid)"),
  },
});
