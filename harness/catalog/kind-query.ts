import { z } from "zod";
import { sql, type Query } from "../postgres/query.ts";
import { roleName, type Attributes } from "./attribute.ts";
import type { Address, Kind, PrivilegeSource } from "./kind.ts";

/** Catalog, oid and column number, as `pg_depend` has them. No oid where this object has no such thing. */
const address = z.tuple([z.number(), z.number().nullable(), z.number()]).nullable();

const privilege = z.object({
  privilege: z.string(),
  grantee: z.string(),
  /** Null if it is the owner, as it nearly always is. */
  grantor: z.string().nullable(),
  grantable: z.boolean(),
});

/** The row that every kind is asked for: what an object is called, where it is and what is said of it. */
function rowOf(attributes: Attributes) {
  return z.object({
    at: address,
    of: address,
    ofOtherwise: z.string().nullable(),
    parts: z.record(z.string(), z.string()),
    attributes: z.strictObject(
      Object.fromEntries(Object.entries(attributes).map(([name, { schema }]) => [name, schema])),
    ),
    privileges: z.array(privilege).nullable(),
  });
}

export type KindRow = z.infer<ReturnType<typeof rowOf>>;

/** One statement that reads all objects of a kind, as far as a server of this major knows their attributes. */
export function kindQuery(kind: Kind, major: number): Query<KindRow> {
  const known = knownAttributes(kind, major);
  const expressions = Object.entries(known).map(([name, { sql: each }]) => [name, each] as const);
  const text = `select
    ${addressOf(kind.address)} as at,
    ${addressOf(kind.of)} as of,
    ${kind.ofOtherwise ?? "null"} as "ofOtherwise",
    ${objectOf(Object.entries(kind.parts))} as parts,
    ${objectOf(expressions)} as attributes,
    ${privilegesOf(kind.privileges)} as privileges
    from ${kind.from}`;
  return sql.type(rowOf(known))(Object.assign([text], { raw: Object.freeze([text]) }));
}

/** The attributes of a kind that a server of this major has. */
export function knownAttributes(kind: Kind, major: number): Attributes {
  return Object.fromEntries(
    Object.entries(kind.attributes).filter(([, { since }]) => since <= major),
  );
}

function addressOf(source: Address | undefined): string {
  if (source === undefined) return "null::json";
  const { catalog, oid, column = "0" } = source;
  return `json_build_array((${catalog})::regclass::oid::int8, (${oid})::int8, ${column})`;
}

function objectOf(entries: readonly (readonly [name: string, sql: string])[]): string {
  const pairs = entries.map(([name, expression]) => `'${name}', (${expression})`);
  return `json_build_object(${pairs.join(", ")})`;
}

function privilegesOf(source: PrivilegeSource | undefined): string {
  if (source === undefined) return "null::json";
  const { list, owner, letter } = source;
  return `(select json_agg(json_build_object(
      'privilege', lower(a.privilege_type),
      'grantee', ${roleName("a.grantee")},
      'grantor', case when a.grantor <> ${owner} then ${roleName("a.grantor")} end,
      'grantable', a.is_grantable))
    from aclexplode(coalesce(${list}, acldefault(${letter}, ${owner}))) a)`;
}
