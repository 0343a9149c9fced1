import { z } from "zod";
import { reapGuests } from "../host/end-run.ts";
import { noteEntry, type RunFolder } from "../host/run-folder.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { demandSupported } from "./demand-supported.ts";
import type { PasswordQuestion } from "./passwords-file.ts";
import { sql } from "./query.ts";
import { readVersion, type ServerVersion } from "./read-version.ts";
import type { PostgresServer, ServerAddress } from "./server.ts";
import { sslModes } from "./ssl-mode.ts";
import { clearTenancy, openAdminSession } from "./tenancy.ts";

/**
 * Enters a server that is not ours, and takes away what runs that were killed left on it. Fails with
 * `SERVER_UNREACHABLE`, `PASSWORD_REFUSED` (without printing it), `POSTGRES_MAJOR_UNSUPPORTED` or
 * `ROLE_MAY_TOO_LITTLE`. Disposing it drops what bears the run's name there.
 */
export async function openExternal(
  run: RunFolder,
  url: string,
  password: string | undefined,
): Promise<PostgresServer> {
  const address = await findServer(url, password);
  await demandRights(address);
  await reapGuests(url, (runId) => clearTenancy(address, runId));
  const strikeOut = noteEntry(run, { kind: "guest", server: url });
  const notOurs = (): never => {
    throw new RehearsalError(
      "SERVER_NOT_OURS",
      `The server at ${url} is somebody else's and is neither killed nor started.`,
    );
  };
  return {
    address,
    kill: async () => notOurs(),
    start: async () => notOurs(),
    async [Symbol.asyncDispose]() {
      await clearTenancy(address, run.runId);
      strikeOut();
    },
  };
}

/**
 * Where the server of a URL is and what it is. Fails with `SERVER_UNREACHABLE`, `PASSWORD_REFUSED` or
 * `POSTGRES_MAJOR_UNSUPPORTED`; leaves nothing open.
 */
export async function findServer(
  url: string,
  password: string | undefined,
): Promise<ServerAddress> {
  const entry = addressOf(url, password);
  return { ...entry, ...(await enter(entry, url)) };
}

type Entry = Omit<ServerAddress, keyof ServerVersion>;

/** Whom a URL lets in, and where. */
export function loginIn(text: string): PasswordQuestion {
  const url = new URL(text);
  return {
    host: decodeURIComponent(url.hostname),
    port: url.port === "" ? 5432 : Number(url.port),
    database: decodeURIComponent(url.pathname.slice(1)) || "postgres",
    role: decodeURIComponent(url.username),
  };
}

function addressOf(text: string, password: string | undefined): Entry {
  const url = new URL(text);
  const sslMode = sslModes.find((each) => each === url.searchParams.get("sslmode"));
  if (url.searchParams.has("sslmode") && sslMode === undefined) {
    throw new RehearsalError(
      "SSL_MODE_UNKNOWN",
      `The sslmode of ${text} is none that is known here. Say one of ${sslModes.join(", ")}.`,
    );
  }
  const { host, port, database, role } = loginIn(text);
  return {
    kind: "external",
    host,
    port,
    adminRole: role,
    ...(password === undefined ? {} : { adminPassword: password }),
    adminDatabase: database,
    ...(sslMode === undefined ? {} : { sslMode }),
  };
}

async function enter(entry: Entry, url: string): Promise<ServerVersion> {
  try {
    return demandSupported(await readVersion(entry), url);
  } catch (cause) {
    if (cause instanceof RehearsalError) throw cause;
    throw refused(url, entry, cause);
  }
}

/** invalid_authorization_specification and invalid_password */
const passwordStates = new Set<unknown>(["28000", "28P01"]);

function refused(url: string, entry: Entry, cause: unknown): RehearsalError {
  const said = cause instanceof Error ? cause.message || String(cause) : String(cause);
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (passwordStates.has(code) || /password/iu.test(said)) {
    const trouble =
      entry.adminPassword === undefined
        ? "does not let the role in without a password, or with the one that PGPASSFILE holds"
        : "refused the role or its password";
    return new RehearsalError(
      "PASSWORD_REFUSED",
      `PostgreSQL at ${url} ${trouble}. Nothing was run. Check the role, and set PGPASSWORD, PGPASSFILE or --password-file.`,
      { cause },
    );
  }
  return new RehearsalError(
    "SERVER_UNREACHABLE",
    `PostgreSQL at ${url} cannot be entered: ${said}. Nothing was run. ` +
      "Check that it runs, and that the URL names its host, port, database and role.",
    { cause },
  );
}

const rights = sql.type(
  z.object({ superuser: z.boolean(), createdb: z.boolean(), createrole: z.boolean() }),
)`
  select rolsuper as superuser, rolcreatedb as createdb, rolcreaterole as createrole
  from pg_roles where rolname = current_user`;

async function demandRights(address: ServerAddress): Promise<void> {
  await using admin = await openAdminSession(address);
  const { superuser, createdb, createrole } = await admin.one(rights);
  if (superuser || (createdb && createrole)) return;
  const missing = [...(createdb ? [] : ["CREATEDB"]), ...(createrole ? [] : ["CREATEROLE"])];
  throw new RehearsalError(
    "ROLE_MAY_TOO_LITTLE",
    `The role ${address.adminRole} has no ${missing.join(" and no ")}, so the rehearsal can make no databases and roles ` +
      `of its own. Nothing was run. Grant it: alter role ${address.adminRole} ${missing.join(" ").toLowerCase()};`,
  );
}
