import { roleName, text } from "../attribute.ts";
import { defineKind } from "../kind.ts";

/** What `alter database … set` and `alter role … in database … set` leave behind; no dump of the schema shows them. */
export const setting = defineKind({
  kind: "setting",
  from: `pg_db_role_setting s cross join lateral unnest(s.setconfig) pair
    where s.setdatabase = (select oid from pg_database where datname = current_database())`,
  parts: {
    name: "split_part(pair, '=', 1)",
    role: `coalesce(nullif(${roleName("s.setrole")}, 'public'), '')`,
  },
  roleParts: ["role"],
  name: ({ name, role }) =>
    role === "" ? `setting ${name} of the database` : `setting ${name} for ${role}`,
  attributes: { value: text("substr(pair, strpos(pair, '=') + 1)") },
});
