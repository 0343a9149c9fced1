import { text } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import { identified, remarks } from "./comment.ts";

/** Security labels on objects of every kind there is. */
export const securityLabel = defineKind({
  kind: "security label",
  from: `${remarks("pg_seclabel", "pg_shseclabel", "provider, label")} x (catalog, object, "column", provider, said)`,
  of: { catalog: "x.catalog", oid: "x.object", column: "x.column" },
  ofOtherwise: identified,
  parts: { provider: "quote_ident(x.provider)" },
  name: ({ provider }, of) => `security label for ${provider} on ${of}`,
  attributes: { label: text("x.said") },
});
