import { createSqlTag } from "@slonik/sql-tag";
import type { QuerySqlToken } from "slonik";
import { z } from "zod";

/**
 * A statement with its values and the schema that every row of its answer must fit. Bindings are made of these: the
 * same token can be run by a slonik pool or by a session whose waiting the harness watches.
 */
export type Query<Row = unknown> = QuerySqlToken<z.ZodType<Row>>;

/** slonik's tag, without the pool that comes with it: every process needs the one, and few the other. */
export const sql = createSqlTag();

/** A statement without values whose rows nobody reads, such as `begin`. */
export function plainText(text: string): Query {
  return sql.type(z.unknown())(Object.assign([text], { raw: Object.freeze([text]) }));
}

/** The statement as the wire wants it: `$1`, `$2`, … */
export function wireText(query: Query): string {
  return query.sql.replaceAll("$slonik_", "$");
}

/** The statement with its values written into it, on one line, as a person would type it into psql. */
export function readableText(query: Query): string {
  return query.sql
    .replaceAll(/\$slonik_(\d+)/g, (_, index: string) => literal(query.values[Number(index) - 1]))
    .replaceAll(/\s+/g, " ")
    .trim();
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value))
    return value.length === 0 ? "'{}'" : `array[${value.map(literal).join(", ")}]`;
  if (typeof value === "object") return quoted(JSON.stringify(value));
  return JSON.stringify(value);
}

function quoted(text: string): string {
  const escaped = text.replaceAll("'", "''");
  if (!/[\\\p{Cc}]/u.test(escaped)) return `'${escaped}'`;
  const visible = escaped
    .replaceAll("\\", "\\\\")
    .replaceAll(
      /\p{Cc}/gu,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  return `E'${visible}'`;
}
