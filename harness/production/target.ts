import { z } from "zod";
import { findServer } from "../postgres/external.ts";
import { parsePostgresChoice } from "../postgres/postgres-choice.ts";
import { sql } from "../postgres/query.ts";
import type { ServerAddress } from "../postgres/server.ts";
import { openSession, type Session } from "../postgres/session.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Environment } from "../verify/environment.ts";
import { look, lookSettings } from "./look.ts";
import { passwordIn, withPassword } from "../verify/read-password.ts";

/** A database that matters, and how it is entered. Nothing is open. */
export interface Target {
  readonly url: string;
  readonly address: ServerAddress;
  readonly database: string;
  /** Who logs in. */
  readonly role: string;
  /** The cluster's own number and the database's: another database never has the same. */
  readonly place: string;
  readonly major: number;
  /** Opens a session under a name that `pg_stat_activity` shows. */
  connect(name: string, settings?: Readonly<Record<string, string>>): Promise<Session>;
}

/**
 * Finds out whom a URL names. The password comes from a file, else from the environment; a URL that holds one is refused.
 * Fails with `POSTGRES_URL_…`, `PASSWORD_…`, `SERVER_UNREACHABLE` and `POSTGRES_MAJOR_UNSUPPORTED`.
 */
export async function findTarget(
  url: string,
  passwordFile: string | undefined,
  environment: Environment,
): Promise<Target> {
  const password = await passwordIn(passwordFile, environment.postgresPassword);
  const parsed = parsePostgresChoice(url, {
    external: true,
    ...(password === undefined ? {} : { password }),
  });
  const choice = await withPassword(parsed, environment.postgresPasswordsFile);
  if (choice.kind !== "external")
    throw new RehearsalError(
      "NO_PRODUCTION_URL",
      `"${url}" names no database of production. Nothing was run. Write --url postgres://role@host:port/database.`,
    );
  const address = await findServer(choice.url, choice.password);
  const connect: Target["connect"] = (name, settings) =>
    openSession(address, {
      database: address.adminDatabase,
      role: address.adminRole,
      ...(address.adminPassword === undefined ? {} : { password: address.adminPassword }),
      name,
      ...(settings === undefined ? {} : { settings }),
    });
  await using session = await connect("greeting", lookSettings);
  const { place } = await look(session, (looker) => looker.one(placeQuery));
  return {
    url: choice.url,
    address,
    database: address.adminDatabase,
    role: address.adminRole,
    place,
    major: Math.floor(address.versionNum / 10_000),
    connect,
  };
}

const placeQuery = sql.type(z.object({ place: z.string() }))`
  select format('%s/%s', system_identifier, d.oid) as place
  from pg_control_system(), pg_database d where d.datname = current_database()`;
