import { amount, flag, list, text, word } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import { isUserSchema } from "../scope.ts";
import { enabledWords } from "./trigger.ts";

const enabled = word("t.tgenabled", enabledWords).sql;

/**
 * Constraints of tables and domains. PostgreSQL 18 keeps a table's NOT NULL here too; before, only the column has it.
 * Constraint triggers are triggers.
 */
export const constraint = defineKind({
  kind: "constraint",
  from: `pg_constraint k join pg_namespace n on n.oid = k.connamespace
    where k.contype <> 't' and ${isUserSchema("n.nspname")}
      and not exists (select from pg_depend member where member.deptype = 'e'
        and (member.classid, member.objid) in (('pg_class'::regclass, k.conrelid), ('pg_type'::regclass, k.contypid)))`,
  address: { catalog: "'pg_constraint'", oid: "k.oid" },
  of: {
    catalog: "case k.conrelid when 0 then 'pg_type' else 'pg_class' end",
    oid: "case k.conrelid when 0 then k.contypid else k.conrelid end",
  },
  parts: { constraint: "quote_ident(k.conname)" },
  name: ({ constraint: itself }, of) => `constraint ${itself} on ${of}`,
  attributes: {
    definition: text("pg_get_constraintdef(k.oid)"),
    deferrable: flag("k.condeferrable"),
    "initially deferred": flag("k.condeferred"),
    validated: flag("k.convalidated"),
    enforced: flag("k.conenforced", { since: 18 }),
    "no inherit": flag("k.connoinherit"),
    "declared here": flag("k.conislocal"),
    "times inherited": amount("k.coninhcount"),
    parent: text("select up.conname from pg_constraint up where up.oid = nullif(k.conparentid, 0)"),
    "triggers enabled": list(
      `select array_agg(distinct ${enabled}) from pg_trigger t
       where t.tgconstraint = k.oid and t.tgisinternal`,
    ),
  },
});
