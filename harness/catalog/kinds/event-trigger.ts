import { role, set, text, word } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import { isNotMember } from "../scope.ts";
import { enabledWords } from "./trigger.ts";

export const eventTrigger = defineKind({
  kind: "event trigger",
  from: `pg_event_trigger e where ${isNotMember("pg_event_trigger", "e.oid")}`,
  address: { catalog: "'pg_event_trigger'", oid: "e.oid" },
  parts: { trigger: "quote_ident(e.evtname)" },
  name: ({ trigger }) => `event trigger ${trigger}`,
  attributes: {
    owner: role("e.evtowner"),
    event: text("e.evtevent"),
    function: text("e.evtfoid::regprocedure"),
    enabled: word("e.evtenabled", enabledWords),
    tags: set("e.evttags"),
  },
});
