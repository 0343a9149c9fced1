import { amount, role, text } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import { isNotMember, isUserSchema } from "../scope.ts";

/** What `create statistics` makes; the numbers that ANALYZE gathers for it are data. */
export const extendedStatistics = defineKind({
  kind: "extended statistics",
  from: `pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace
    where ${isUserSchema("n.nspname")} and ${isNotMember("pg_statistic_ext", "s.oid")}`,
  address: { catalog: "'pg_statistic_ext'", oid: "s.oid" },
  of: { catalog: "'pg_class'", oid: "s.stxrelid" },
  parts: { schema: "quote_ident(n.nspname)", statistics: "quote_ident(s.stxname)" },
  name: ({ schema, statistics }) => `statistics ${schema}.${statistics}`,
  attributes: {
    owner: role("s.stxowner"),
    definition: text("pg_get_statisticsobjdef(s.oid)"),
    "statistics target": amount("nullif(s.stxstattarget, -1)"),
  },
});
