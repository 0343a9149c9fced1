import { z } from "zod";
import { sql } from "../../postgres/query.ts";
import { go, noGo } from "../finding.ts";
import { newSchemas } from "./new-schemas.ts";
import type { PreflightCheck } from "./preflight-check.ts";

/** The roles that the SQL names are there, and the one that is to own may make things where it must. */
export const neededRoles: PreflightCheck = {
  name: "roles",
  async look(looker, { owner, roles, rehearsed: { empty, baseline, target } }) {
    const names = [owner, ...Object.values(roles)];
    const there = new Set((await looker.any(rolesQuery(names))).map(({ name }) => name));
    const missing = names
      .filter((name) => !there.has(name))
      .map((name) => `role ${name} is missing`);
    if (missing.length > 0) return noGo("a role that the revision needs is not there", missing);
    const rights = [
      ...(await looker.any(schemaRights(owner, newSchemas(empty, baseline)))),
      ...(newSchemas(baseline, target).length > 0 ? [await looker.one(databaseRight(owner))] : []),
    ];
    const lacking = rights.filter(({ may }) => !may).map(({ right }) => `${owner} lacks ${right}`);
    if (lacking.length > 0) return noGo("the role that is to own may do too little", lacking);
    const app = roles["app"];
    const memberships = [
      { of: owner, so: "apply must log in as one that is" },
      ...(app === undefined ? [] : [{ of: app, so: "postflight needs --app-url" }]),
    ];
    const { role, of } = await looker.one(membersQuery(memberships.map((each) => each.of)));
    const hints = memberships
      .filter((each) => !of.includes(each.of))
      .map((each) => `; ${role} is no member of ${each.of}, so ${each.so}`);
    return go(
      `${names.join(", ")} are there, and ${owner} may make what the revision makes${hints.join("")}`,
    );
  },
};

const rolesQuery = (names: readonly string[]) => sql.type(z.object({ name: z.string() }))`
  select rolname as name from pg_roles where rolname = any(${sql.array([...names], "text")})`;

const right = sql.type(z.object({ right: z.string(), may: z.boolean() }));

const schemaRights = (owner: string, schemas: readonly string[]) => right`
  select format('CREATE in schema %s', n.nspname) as right, has_schema_privilege(${owner}, n.oid, 'create') as may
  from pg_namespace n where quote_ident(n.nspname) = any(${sql.array([...schemas], "text")})
  union all
  select 'USAGE in schema public', has_schema_privilege(${owner}, 'public', 'usage')`;

const databaseRight = (owner: string) => right`
  select 'CREATE in the database' as right, has_database_privilege(${owner}, current_database(), 'create') as may`;

const membersQuery = (names: readonly string[]) => sql.type(
  z.object({ role: z.string(), of: z.array(z.string()) }),
)`
  select current_user::text as role, array(
    select name from unnest(${sql.array([...names], "text")}) name where pg_has_role(current_user, name, 'member')) as of`;
