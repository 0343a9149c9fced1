import { text, word } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import { isNotMember, isUserSchema } from "../scope.ts";
import { enabledWords } from "./trigger.ts";

/** Rewrite rules, but for the one that makes a view a view: that is the view's definition. */
export const rule = defineKind({
  kind: "rule",
  from: `pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
    where r.rulename <> '_RETURN' and ${isUserSchema("n.nspname")} and ${isNotMember("pg_class", "c.oid")}`,
  address: { catalog: "'pg_rewrite'", oid: "r.oid" },
  of: { catalog: "'pg_class'", oid: "r.ev_class" },
  parts: { rule: "quote_ident(r.rulename)" },
  name: ({ rule: itself }, of) => `rule ${itself} on ${of}`,
  attributes: {
    definition: text("pg_get_ruledef(r.oid)"),
    enabled: word("r.ev_enabled", enabledWords),
  },
});
