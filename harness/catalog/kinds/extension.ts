import { flag, list, role, text } from "../attribute.ts";
import { defineKind } from "../kind.ts";

/** Its version stands for its members. */
export const extension = defineKind({
  kind: "extension",
  from: "pg_extension e",
  address: { catalog: "'pg_extension'", oid: "e.oid" },
  parts: { extension: "quote_ident(e.extname)" },
  name: ({ extension: itself }) => `extension ${itself}`,
  attributes: {
    owner: role("e.extowner"),
    schema: text("e.extnamespace::regnamespace"),
    version: text("e.extversion"),
    relocatable: flag("e.extrelocatable"),
    "dumped tables": list(
      `select array_agg(format('%s %s', each.oid::regclass, each.condition) order by place)
       from unnest(e.extconfig, e.extcondition) with ordinality as each (oid, condition, place)`,
    ),
  },
});
