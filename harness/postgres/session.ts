import { Client, DatabaseError } from "pg";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { type Query, wireText } from "./query.ts";
import type { ServerAddress } from "./server.ts";
import { sslOptions } from "./ssl-mode.ts";
import { typeParsers } from "./type-parsers.ts";

export const isolations = ["read committed", "repeatable read", "serializable"] as const;
export type Isolation = (typeof isolations)[number];

/** What the server said to one statement. An SQL error is an answer like any other; so is a lost connection. */
export type Answer<Row = unknown> =
  | { readonly kind: "rows"; readonly rows: readonly Row[] }
  | {
      readonly kind: "error";
      readonly sqlstate: string;
      readonly message: string;
      readonly constraint?: string;
      readonly cause: unknown;
    }
  | { readonly kind: "lost"; readonly message: string };

export interface SessionOptions {
  readonly database: string;
  readonly role: string;
  readonly password?: string;
  /** Shown in `pg_stat_activity` and in witnesses. */
  readonly name: string;
  /** Of every transaction of the session; the server's default otherwise. */
  readonly isolation?: Isolation;
  /** Server settings of the session, such as `synchronous_commit`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Who enters a database, and how. */
export interface SessionAs {
  readonly name: string;
  /** `deployer`, or a label of the binding such as `app`. */
  readonly role: string;
  readonly isolation?: Isolation;
  readonly settings?: Readonly<Record<string, string>>;
}

/** What the server says beside its answers, while a statement still runs. */
export interface Notice {
  readonly message: string;
  readonly detail?: string;
}

/** One connection under control. Disposing it rolls back what is open and returns when the server has let go. */
export interface Session extends AsyncDisposable {
  readonly name: string;
  /** The server process behind it: what `pg_locks` and `pg_blocking_pids` know it by. */
  readonly pid: number;
  /** Sends a statement and tells what came back, be it rows, an error or the end of the connection. */
  answer<Row>(query: Query<Row>): Promise<Answer<Row>>;
  /** Rows parsed by the query's schema; an SQL error is thrown as the driver gave it. */
  all<Row>(query: Query<Row>): Promise<Row[]>;
  /** The only row; anything else than one row is an error. */
  one<Row>(query: Query<Row>): Promise<Row>;
  /** Plain text without a schema, for statements whose rows nobody reads. Several in one text are one transaction. */
  run(text: string, values?: readonly unknown[]): Promise<{ rows: unknown[] }>;
  /** Calls back with each notice that the server sends, until the verb that it returns is called. */
  listen(hear: (notice: Notice) => void): () => void;
  /** Cuts the socket without a word to the server, as a killed client does. */
  drop(): void;
}

/** Opens a session. Fails with the driver's error if the server refuses it. */
export async function openSession(
  address: ServerAddress,
  options: SessionOptions,
): Promise<Session> {
  const client = clientFor(address, options);
  let lost: Error | undefined;
  client.on("error", (error) => {
    lost = error;
  });
  try {
    await client.connect();
  } catch (error) {
    // The driver may leave the socket open; a server that waits for a password then blocks `drop database`.
    client.connection.stream.destroy();
    throw error;
  }
  const pid = await backendOf(client, options.name);
  const all = async <Row>(query: Query<Row>): Promise<Row[]> => {
    const result = await client.query(wireText(query), [...query.values]);
    return result.rows.map((row) => query.parser.parse(row));
  };
  return {
    name: options.name,
    pid,
    all,
    async answer(query) {
      try {
        return { kind: "rows", rows: await all(query) };
      } catch (error) {
        return toAnswer(error, lost);
      }
    },
    async one(query) {
      const found = await all(query);
      const [row] = found;
      if (row === undefined || found.length > 1)
        throw new RehearsalError(
          "NOT_ONE_ROW",
          `Expected one row from "${query.sql}" and got ${found.length}.`,
        );
      return row;
    },
    async run(text, values) {
      const result = await client.query<Record<string, unknown>>(
        text,
        values === undefined ? undefined : [...values],
      );
      return { rows: Array.isArray(result) ? [] : result.rows };
    },
    listen: (hear) => listen(client, hear),
    drop() {
      lost = new Error("the socket was cut");
      client.connection.stream.destroy();
    },
    async [Symbol.asyncDispose]() {
      if (lost === undefined) await client.end();
    },
  };
}

function clientFor(address: ServerAddress, options: SessionOptions): Client {
  return new Client({
    host: address.host,
    port: address.port,
    ...sslOptions(address.sslMode),
    database: options.database,
    user: options.role,
    // Where there is none, the driver would look for one by itself and complain about how it does so.
    password: options.password ?? "",
    application_name: `rehearsal ${options.name}`,
    options: startupOptions(options),
    types: typeParsers,
  });
}

function listen(client: Client, hear: (notice: Notice) => void): () => void {
  const pass = ({ message, detail }: Said): void =>
    hear({ message: message ?? "", ...(detail === undefined ? {} : { detail }) });
  client.on("notice", pass);
  return () => void client.off("notice", pass);
}

/** A notice as the driver gives it. */
interface Said {
  readonly message: string | undefined;
  readonly detail: string | undefined;
}

async function backendOf(client: Client, name: string): Promise<number> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  const pid = rows[0]?.pid;
  if (pid !== undefined) return pid;
  throw new RehearsalError("NO_BACKEND", `Session ${name} has no server process behind it.`);
}

/** `-c name=value` pairs with blanks and backslashes escaped, as the startup packet wants them. */
function startupOptions(options: SessionOptions): string {
  const settings = {
    ...options.settings,
    ...(options.isolation === undefined
      ? {}
      : { default_transaction_isolation: options.isolation }),
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, String.raw`\$&`)}`)
    .join(" ");
}

function toAnswer(error: unknown, lost: Error | undefined): Exclude<Answer, { kind: "rows" }> {
  if (error instanceof DatabaseError && error.code !== undefined) {
    return {
      kind: "error",
      sqlstate: error.code,
      message: error.message,
      ...(error.constraint === undefined ? {} : { constraint: error.constraint }),
      cause: error,
    };
  }
  if (lost !== undefined || isConnectionLoss(error))
    return { kind: "lost", message: error instanceof Error ? error.message : String(error) };
  throw error;
}

/** Whether the driver says that the connection is gone, and not the server why it refuses. */
export function isConnectionLoss(error: unknown): boolean {
  return (
    error instanceof Error &&
    /connection terminated|not queryable|ECONNRESET|EPIPE|socket/i.test(error.message)
  );
}
