import { z } from "zod";
import { sql } from "../../postgres/query.ts";
import { go, noGo } from "../finding.ts";
import type { PreflightCheck } from "./preflight-check.ts";

/** The roles that the SQL names are there, and the one that is to own may make things where it must. */
export const neededRoles: PreflightCheck = {
  name: "roles",
  async look(looker, { owner, roles, rehearsed }) {
    const names = [owner, ...Object.values(roles)];
    const there = new Set((await looker.any(rolesQuery(names))).map(({ name }) => name));
    const missing = names
      .filter((name) => !there.has(name))
      .map((name) => `role ${name} is missing`);
    if (missing.length > 0) return noGo("a role that the revision needs is not there", missing);
    const schemas = rehearsed.baseline.objects
      .filter(({ kind, name }) => kind === "schema" && isOwn(rehearsed.empty.objects, name))
      .flatMap(({ schema }) => (schema === null ? [] : [schema]));
    const rights = await looker.any(rightsQuery(owner, schemas));
    const lacking = rights.filter(({ may }) => !may).map(({ right }) => `${owner} lacks ${right}`);
    if (lacking.length > 0) return noGo("the role that is to own may do too little", lacking);
    const { role, member } = await looker.one(memberQuery(owner));
    const how = member ? "" : `; ${role} is no member of it, so apply must log in as one that is`;
    return go(`${names.join(", ")} are there, and ${owner} may make what the revision makes${how}`);
  },
};

function isOwn(before: readonly { readonly name: string }[], name: string): boolean {
  return before.every((each) => each.name !== name);
}

const rolesQuery = (names: readonly string[]) => sql.type(z.object({ name: z.string() }))`
  select rolname as name from pg_roles where rolname = any(${sql.array([...names], "text")})`;

const rightsQuery = (owner: string, schemas: readonly string[]) => sql.type(
  z.object({ right: z.string(), may: z.boolean() }),
)`
  select format('CREATE in schema %s', n.nspname) as right, has_schema_privilege(${owner}, n.oid, 'create') as may
  from pg_namespace n where quote_ident(n.nspname) = any(${sql.array([...schemas], "text")})
  union all
  select 'USAGE in schema public', has_schema_privilege(${owner}, 'public', 'usage')`;

const memberQuery = (owner: string) => sql.type(
  z.object({ role: z.string(), member: z.boolean() }),
)`
  select current_user::text as role, pg_has_role(current_user, ${owner}, 'member') as member`;
