import { flag, roleName } from "../attribute.ts";
import { defineKind } from "../kind.ts";

const objectWords = `case x.objects
  when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types'
  when 'n' then 'schemas' when 'L' then 'large objects' else x.objects::text end`;

/**
 * What `alter default privileges` left behind. Those for one schema are added to what an object gets anyhow; those for
 * all schemas stand instead of it, so they are told by what they grant and what they revoke.
 */
export const defaultPrivilege = defineKind({
  kind: "default privilege",
  from: `(with given as (
      select d.defaclrole, d.defaclnamespace, d.defaclobjtype, a.grantee, a.privilege_type, a.is_grantable
      from pg_default_acl d cross join lateral aclexplode(d.defaclacl) a
    ), usual as (
      select d.defaclrole, d.defaclnamespace, d.defaclobjtype, a.grantee, a.privilege_type, a.is_grantable
      from pg_default_acl d
      cross join lateral aclexplode(acldefault(case d.defaclobjtype when 'S' then 's' else d.defaclobjtype end, d.defaclrole)) a
      where d.defaclnamespace = 0
    )
    select 'grant', 'to', * from (select * from given except select * from usual) granted
    union all
    select 'revoke', 'from', * from (select * from usual except select * from given) revoked
  ) as x (verb, preposition, maker, schema, objects, grantee, privilege, grantable)`,
  of: { catalog: "'pg_namespace'", oid: "nullif(x.schema, 0)" },
  parts: {
    verb: "x.verb",
    preposition: "x.preposition",
    privilege: "lower(x.privilege)",
    objects: objectWords,
    grantee: roleName("x.grantee"),
    maker: roleName("x.maker"),
  },
  roleParts: ["grantee", "maker"],
  name: ({ verb, privilege, objects, preposition, grantee, maker }, of) =>
    `default ${verb} ${privilege} on ${objects}${of === "" ? "" : ` in ${of}`} ${preposition} ${grantee} by ${maker}`,
  attributes: { grantable: flag("x.grantable") },
});
