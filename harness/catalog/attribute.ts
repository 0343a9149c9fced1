import { z } from "zod";

/** Plain, serialisable, and ready to be shown. Null means that the object has no such thing. */
export type AttributeValue = string | number | boolean | null | readonly string[];

/**
 * How far two catalogs must agree for this attribute to agree too. `logical`: by name, as SQL written tomorrow sees it.
 * `physical`: in the slots that rows and columns lie in, as a `select *` or a dump of the data sees it. `same-database`:
 * only two looks at one database can agree on it, such as an oid, which tells a drop-and-recreate from no change.
 */
export type Equality = "logical" | "physical" | "same-database";

/** One property of a kind of object: how to ask for it and what may come back. */
export interface Attribute {
  /** An expression over the tables of the kind's `from`. */
  readonly sql: string;
  readonly schema: z.ZodType<AttributeValue>;
  readonly equality: Equality;
  /** The first major of PostgreSQL that knows it; older servers are not asked. */
  readonly since: number;
  /** The value is a role's name, or several, and is shown by the label that the caller gave the role. */
  readonly isRole: boolean;
}

export type Attributes = Readonly<Record<string, Attribute>>;

type Options = Partial<Pick<Attribute, "equality" | "since">>;

export function text(sql: string, options: Options = {}): Attribute {
  return attribute(`(${sql})::text`, z.string().nullable(), options);
}

export function flag(sql: string, options: Options = {}): Attribute {
  return attribute(sql, z.boolean().nullable(), options);
}

export function amount(sql: string, options: Options = {}): Attribute {
  return attribute(sql, z.number().nullable(), options);
}

/** Several texts whose order means something: the labels of an enum, the parents of a table. */
export function list(sql: string, options: Options = {}): Attribute {
  return attribute(`coalesce((${sql})::text[], '{}')`, z.array(z.string()), options);
}

/** Several texts whose order means nothing, such as storage parameters: compared sorted. */
export function set(sql: string, options: Options = {}): Attribute {
  return list(
    `array(select each from unnest((${sql})::text[]) each order by each collate "C")`,
    options,
  );
}

/** The name of the role with this oid. */
export function role(oid: string): Attribute {
  return { ...text(roleName(oid)), isRole: true };
}

/** The names of the roles with these oids, sorted after they got their labels. */
export function roles(oids: string): Attribute {
  return {
    ...list(`select array_agg(${roleName("each")}) from unnest(${oids}) each`),
    isRole: true,
  };
}

/** 0 stands for everybody in access control lists and policies; no role can be called `public`. */
export function roleName(oid: string): string {
  return `(case when ${oid} = 0 then 'public' else pg_get_userbyid(${oid})::text end)`;
}

/** A one-letter code of the catalog in words. A letter that is not listed is shown as it is. */
export function word(sql: string, words: Readonly<Record<string, string>>): Attribute {
  const branches = Object.entries(words).map(
    ([code, meaning]) => `when '${code}' then '${meaning}'`,
  );
  return text(`case ${sql} ${branches.join(" ")} else ${sql}::text end`);
}

function attribute(sql: string, schema: Attribute["schema"], options: Options): Attribute {
  return { sql, schema, equality: "logical", since: 0, isRole: false, ...options };
}
