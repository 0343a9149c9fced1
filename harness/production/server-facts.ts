import { z } from "zod";
import { sql } from "../postgres/query.ts";
import type { Looker } from "./look.ts";

/** What of a server makes the same SQL mean something else, or fail. */
export interface ServerFacts {
  /** Settings by name, as a session of the deploying role has them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Extensions that are installed in the database, by name with their versions. */
  readonly extensions: Readonly<Record<string, string>>;
  readonly encoding: string;
}

/** Settings that change what statements mean or what objects are made with. */
const decisive = [
  "array_nulls",
  "backslash_quote",
  "check_function_bodies",
  "default_table_access_method",
  "default_tablespace",
  "default_transaction_isolation",
  "default_transaction_deferrable",
  "escape_string_warning",
  "plpgsql.variable_conflict",
  "quote_all_identifiers",
  "row_security",
  "search_path",
  "session_replication_role",
  "standard_conforming_strings",
  "transform_null_equals",
  "xmlbinary",
] as const;

export async function readServerFacts(looker: Looker): Promise<ServerFacts> {
  const { settings, encoding } = await looker.one(settingsQuery);
  const extensions = await looker.any(extensionsQuery);
  return {
    settings,
    encoding,
    extensions: Object.fromEntries(extensions.map(({ name, version }) => [name, version])),
  };
}

const settingsQuery = sql.type(
  z.object({ settings: z.record(z.string(), z.string()), encoding: z.string() }),
)`
  select (select json_object_agg(name, coalesce(current_setting(name, true), ''))
      from unnest(${sql.array([...decisive], "text")}) name) as settings,
    current_setting('server_encoding') as encoding`;

const extensionsQuery = sql.type(z.object({ name: z.string(), version: z.string() }))`
  select extname as name, extversion as version from pg_extension order by extname`;
