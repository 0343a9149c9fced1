import type { CommonQueryMethods } from "slonik";
import { z } from "zod";
import { type Query, sql } from "../postgres/query.ts";
import type { CatalogSnapshot } from "./catalog-snapshot.ts";
import { kindQuery } from "./kind-query.ts";
import { kinds } from "./kinds.ts";
import { nameObjects, type Reading } from "./name-objects.ts";

export interface CatalogOptions {
  /** Real role names and what to call them, so that databases whose roles are named otherwise compare. */
  readonly roles?: Readonly<Record<string, string>>;
}

/**
 * Reads the whole catalog of a database, in a transaction of its own or a savepoint of the caller's, and leaves the
 * session's settings as they were. Any role may read it. Fails with the server's error, for instance when an object is
 * dropped by somebody else meanwhile.
 */
export async function readCatalog(
  database: CommonQueryMethods,
  options: CatalogOptions = {},
): Promise<CatalogSnapshot> {
  return database.transaction((session) => readCatalogIn(session, options));
}

/** Whoever is in a transaction and can be asked. */
export interface CatalogReader {
  one<Row>(query: Query<Row>): Promise<Row>;
  any<Row>(query: Query<Row>): Promise<readonly Row[]>;
}

/** The same in a transaction of the caller's, which may be read only. */
export async function readCatalogIn(
  session: CatalogReader,
  options: CatalogOptions = {},
): Promise<CatalogSnapshot> {
  const { major, place, settings } = await session.one(serverQuery);
  await session.one(settingQuery(plainSettings));
  const read: Reading[] = [];
  for (const kind of kinds) {
    const rows = await session.any(kindQuery(kind, major));
    read.push(...rows.map((row) => ({ kind, row })));
  }
  await session.one(settingQuery(settings));
  return { major, place, objects: nameObjects(read, options.roles ?? {}) };
}

/**
 * Settings that change how the server spells expressions, types and values. With an empty search path every name
 * comes with its schema. Compiling the queries would take longer than running them.
 */
const plainSettings = {
  search_path: "",
  standard_conforming_strings: "on",
  quote_all_identifiers: "off",
  DateStyle: "ISO, MDY",
  IntervalStyle: "postgres",
  TimeZone: "UTC",
  bytea_output: "hex",
  xmlbinary: "base64",
  extra_float_digits: "1",
  lc_monetary: "C",
  jit: "off",
};

const serverQuery = sql.type(
  z.object({
    major: z.number(),
    place: z.string(),
    settings: z.record(z.string(), z.string()),
  }),
)`
  select current_setting('server_version_num')::integer / 10000 as major,
    (select format('%s/%s', system_identifier, d.oid) from pg_control_system(), pg_database d
      where d.datname = current_database()) as place,
    (select json_object_agg(name, current_setting(name))
      from unnest(${sql.array(Object.keys(plainSettings), "text")}) name) as settings`;

const settingQuery = (settings: Readonly<Record<string, string>>) =>
  sql.type(z.object({ number: z.number() }))`
    select count(set_config(key, value, true)) as number
    from json_each_text(${JSON.stringify(settings)}::json)`;
