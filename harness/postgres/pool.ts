import { types } from "pg";
import {
  createPool,
  type ClientConfigurationInput,
  type DatabasePool,
  type Interceptor,
  type QueryContext,
  type QueryResultRow,
} from "slonik";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { type SslMode, sslOptions } from "./ssl-mode.ts";
import { typeParsers } from "./type-parsers.ts";

/** Which database to enter and as whom. */
export interface PoolLogin {
  /** A host name, or the folder that holds the Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly role: string;
  readonly password?: string;
  readonly sslMode?: SslMode;
}

/**
 * A slonik pool whose every row is parsed by its query's schema, with the type parsers of raw sessions. End it with
 * `end()`. Fails with slonik's `ConnectionError` if the server refuses; a row that does not fit its schema fails the
 * query with `ROW_DOES_NOT_FIT`.
 */
export function createTypedPool(
  login: PoolLogin,
  configuration: ClientConfigurationInput = {},
): Promise<DatabasePool> {
  return createPool(connectionUri(login), {
    ...(login.password === undefined ? {} : { password: login.password }),
    ...sslOptions(login.sslMode),
    ...configuration,
    interceptors: [rowParser, ...(configuration.interceptors ?? [])],
    typeParsers: (["int8", "date", "timestamp", "timestamptz"] as const).map(asInSessions),
  });
}

/** Holds no password. A socket's folder stands percent-encoded as the host: slonik understands no other spelling. */
export function connectionUri(login: Omit<PoolLogin, "password">): string {
  const [role, host, database] = [login.role, login.host, login.database].map(encodeURIComponent);
  return `postgres://${role}@${host}:${login.port}/${database}`;
}

/** slonik finds types by name and asks nobody else about those that it was not told of. */
function asInSessions(name: keyof typeof oids) {
  const parse: (text: string) => unknown = typeParsers.getTypeParser(oids[name], "text");
  return { name, parse };
}

const { INT8, DATE, TIMESTAMP, TIMESTAMPTZ } = types.builtins;
const oids = { int8: INT8, date: DATE, timestamp: TIMESTAMP, timestamptz: TIMESTAMPTZ };

/** slonik itself uses a query's schema for types only and never looks at the rows. */
const rowParser: Interceptor = {
  name: "row-parser",
  transformRow(context, query, row) {
    if (context.resultParser === undefined) return row;
    const result = context.resultParser["~standard"].validate(row);
    if (result instanceof Promise) {
      throw new RehearsalError(
        "ROW_SCHEMA_ASYNC",
        `The schema of "${query.sql}" parses asynchronously, so its rows cannot be checked. Give it a synchronous one.`,
      );
    }
    if (result.issues !== undefined) throw rowDoesNotFit(query.sql, result.issues);
    if (isRow(result.value)) return result.value;
    throw rowDoesNotFit(query.sql, [
      { message: "Its schema makes something else than a row of it" },
    ]);
  },
};

function isRow(value: unknown): value is QueryResultRow {
  return typeof value === "object" && value !== null;
}

type Validate = NonNullable<QueryContext["resultParser"]>["~standard"]["validate"];
type Issues = NonNullable<Exclude<ReturnType<Validate>, Promise<unknown>>["issues"]>;

function rowDoesNotFit(query: string, issues: Issues): RehearsalError {
  const columns = issues.map(({ path, message }) => {
    const keys = (path ?? []).map((step) => String(typeof step === "object" ? step.key : step));
    return `column "${keys.join(".")}": ${message}`;
  });
  return new RehearsalError(
    "ROW_DOES_NOT_FIT",
    `A row does not fit the schema of its query: ${columns.join("; ")}. ` +
      `Its answer was dropped. Mend the query or the schema. Query: ${query.replaceAll(/\s+/g, " ").trim()}`,
  );
}
