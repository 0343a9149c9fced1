import { z } from "zod";
import type { Database } from "../../postgres/database.ts";
import { sql } from "../../postgres/query.ts";

const door = z.object({ door: z.string() });

/**
 * What PUBLIC may do in the schemas that migrations made or fill, and functions that run with their owner's rights
 * while a caller can lead the names in them elsewhere: through the search path, or through what is searched in it.
 * Types are left out, since using one harms nobody.
 */
export async function openDoors(database: Database): Promise<string[]> {
  const others = Object.values(database.tenancy.roles).map(({ role }) => role);
  const session = await database.lend({ name: "reader", role: "deployer" });
  const doors = await session.all(sql.type(door)`
    with own as (
      select oid from pg_namespace where nspname <> 'information_schema' and nspname !~ '^pg_'
    ), definer as (
      select p.oid, p.oid::regprocedure as routine, path.list
      from pg_proc p
      left join lateral (
        select substr(c, length('search_path=') + 1) as list
        from unnest(p.proconfig) c where starts_with(c, 'search_path=')
      ) path on true
      where p.pronamespace in (select oid from own) and p.prosecdef
    )
    select format('PUBLIC may execute %s', p.oid::regprocedure) as door
      from pg_proc p where p.pronamespace in (select oid from own)
        and has_function_privilege('public', p.oid, 'execute')
    union all
    select format('PUBLIC may %s %s', lower(a.privilege_type), c.oid::regclass)
      from pg_class c, aclexplode(c.relacl) a
      where c.relnamespace in (select oid from own) and a.grantee = 0
    union all
    select format('PUBLIC may %s %s.%I', lower(a.privilege_type), c.oid::regclass, t.attname)
      from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
      where c.relnamespace in (select oid from own) and a.grantee = 0
    union all
    select format('PUBLIC may %s in schema %I', lower(a.privilege_type), n.nspname)
      from pg_namespace n, aclexplode(n.nspacl) a
      where n.oid in (select oid from own) and a.grantee = 0
    union all
    select format('PUBLIC may %s in the database', lower(a.privilege_type))
      from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
      where d.datname = current_database() and a.grantee = 0
    union all
    select format('%s runs with its owner''s rights on a search path of the caller''s', d.routine)
      from definer d where d.list is null or d.list !~ '(^|, *)"?pg_temp"?$'
    union all
    select format('%s runs with its owner''s rights and searches %I, where others may create', d.routine, n.nspname)
      from definer d, regexp_split_to_table(d.list, ', *') word
      join pg_namespace n on n.nspname = btrim(word, '"') and n.oid in (select oid from own)
      where exists (
        select from unnest(${sql.array(others, "text")} || array['public']) other
        where has_schema_privilege(other, n.oid, 'create')
      )
    order by 1`);
  await database.rest(session);
  return doors.map((each) => each.door);
}
