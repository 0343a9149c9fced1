import { flag, text, word } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import { isNotMember, isUserSchema } from "../scope.ts";

export const enabledWords = {
  O: "enabled",
  D: "disabled",
  R: "on replicas only",
  A: "always",
};

/** Triggers that someone made. Those that carry a foreign key are told with their constraint. */
export const trigger = defineKind({
  kind: "trigger",
  from: `pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where not t.tgisinternal and ${isUserSchema("n.nspname")} and ${isNotMember("pg_class", "c.oid")}`,
  address: { catalog: "'pg_trigger'", oid: "t.oid" },
  of: { catalog: "'pg_class'", oid: "t.tgrelid" },
  parts: { trigger: "quote_ident(t.tgname)" },
  name: ({ trigger: itself }, of) => `trigger ${itself} on ${of}`,
  attributes: {
    definition: text("pg_get_triggerdef(t.oid)"),
    enabled: word("t.tgenabled", enabledWords),
    deferrable: flag("t.tgdeferrable"),
    "initially deferred": flag("t.tginitdeferred"),
    "from partitioned": flag("t.tgparentid <> 0"),
  },
});
