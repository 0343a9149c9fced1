/**
 * What a migration may leave behind: not the server's own schemas, nor what is temporary. PostgreSQL keeps names that
 * begin with `pg_` to itself.
 */
export function isUserSchema(schema: string): string {
  return String.raw`${schema} !~ '^pg_' and ${schema} <> 'information_schema'`;
}

/** The members of an extension are its own business: its version stands for them. */
export function isNotMember(catalog: string, oid: string): string {
  return `not exists (select from pg_depend member
    where member.classid = '${catalog}'::regclass and member.objid = ${oid} and member.deptype = 'e')`;
}
