import { clockMover } from "./clock.ts";
import { emptier } from "./emptier.ts";
import { restSessions } from "./rested-sessions.ts";
import { plainText } from "./query.ts";
import { quoteName } from "./quote-name.ts";
import type { ServerAddress } from "./server.ts";
import { openAdminSession, tenancyPrefix, type Login, type Tenancy } from "./tenancy.ts";
import { openSession, type Session, type SessionAs } from "./session.ts";

/** One database of the run. Disposing it drops it, unless it was kept. */
export interface Database extends AsyncDisposable {
  readonly name: string;
  readonly tenancy: Tenancy;
  /** For a person with psql; holds no password. */
  readonly url: string;
  connect(as: SessionAs): Promise<Session>;
  /** The same for those who bring it back with {@link rest} when they are done: it may have been used before. */
  lend(as: SessionAs): Promise<Session>;
  /** Takes a lent session back, open transaction and settings undone. */
  rest(session: Session): Promise<void>;
  /**
   * Lets `seconds` pass: moves back every instant that the tables hold, but for the caller's data. Only while no transaction is open.
   * Answers with the statements that did it.
   */
  advance(seconds: number): Promise<readonly string[]>;
  /** Takes all rows away that were not there when the database was made, and sets the sequences back. */
  empty(): Promise<void>;
  /** Tables that {@link Database.empty} leaves alone. */
  readonly keepRowsOf: readonly string[];
  /** From now on disposing leaves the database on the server, for a person to look at. */
  keep(): void;
}

export interface DatabaseOptions {
  /** Columns that hold a caller's instants, not our clock's, as `schema.table.column`: time does not move them. */
  readonly callersInstants?: readonly string[];
  /** Tables that {@link Database.empty} leaves alone, as `schema.table`: the ledger. */
  readonly keepRowsOf?: readonly string[];
}

/** Makes a database from a template (`template0` for an empty one), owned by the deployer. */
export async function createDatabase(
  tenancy: Tenancy,
  name: string,
  template: string,
  options: DatabaseOptions = {},
): Promise<Database> {
  await using opening = new AsyncDisposableStack();
  const admin = opening.use(await openAdminSession(tenancy.address));
  await admin.run(
    `create database ${quoteName(name)} owner ${quoteName(tenancy.deployer.role)}` +
      ` template ${quoteName(template)}${strategyOn(tenancy.address)}`,
  );
  opening.move();
  return enterDatabase(tenancy, name, options, admin);
}

/**
 * Copying files makes the server write all that it has in memory to disk first. On a throwaway server, which waits for no
 * disk, that is twice as fast as copying through its log; on somebody else's it would disturb others.
 */
function strategyOn({ kind, versionNum }: ServerAddress): string {
  return kind === "external" || versionNum < 150_000 ? "" : " strategy file_copy";
}

/** A database that is there already. */
export function openDatabase(
  tenancy: Tenancy,
  name: string,
  options: DatabaseOptions = {},
): Database {
  return enterDatabase(tenancy, name, options, undefined);
}

/** Whoever made it drops it: a session takes longer to open than many databases to drop. */
function enterDatabase(
  tenancy: Tenancy,
  name: string,
  options: DatabaseOptions,
  maker: Session | undefined,
): Database {
  let kept = false;
  const connect = (as: SessionAs): Promise<Session> => {
    const login = loginOf(tenancy, as.role);
    return openSession(tenancy.address, { ...as, ...login, database: name });
  };
  const rested = restSessions(connect);
  const owner = lazily(() => connect({ name: "owner", role: "deployer" }));
  const clock = lazily(async () => clockMover(await owner.get(), options.callersInstants ?? []));
  const empty = lazily(async () => emptier(await owner.get(), options.keepRowsOf ?? []));
  return {
    name,
    tenancy,
    url: urlOf(tenancy, name),
    keepRowsOf: options.keepRowsOf ?? [],
    connect,
    lend: (as) => rested.lend(as),
    rest: (session) => rested.rest(session),
    async advance(seconds) {
      const move = await clock.get();
      return await move(seconds);
    },
    async empty() {
      await (
        await empty.get()
      )();
    },
    keep() {
      kept = true;
    },
    async [Symbol.asyncDispose]() {
      await rested[Symbol.asyncDispose]();
      await (await owner.made())?.[Symbol.asyncDispose]();
      await using admin = maker;
      if (!kept) await dropDatabase(tenancy, name, admin);
    },
  };
}

/** A name of this run that no other database has. */
export function databaseName(tenancy: Tenancy, purpose: string): string {
  return `${tenancyPrefix(tenancy.runId)}_${purpose}`;
}

async function dropDatabase(
  tenancy: Tenancy,
  name: string,
  maker: Session | undefined,
): Promise<void> {
  const drop = plainText(`drop database if exists ${quoteName(name)} with (force)`);
  const answer = await maker?.answer(drop);
  if (answer?.kind === "rows") return;
  if (answer?.kind === "error") throw answer.cause;
  // There never was a session, or the server was killed under it.
  await using admin = await openAdminSession(tenancy.address);
  await admin.run(drop.sql);
}

function loginOf(tenancy: Tenancy, label: string): Login {
  const login = label === "deployer" ? tenancy.deployer : tenancy.roles[label];
  if (login === undefined) throw new Error(`The binding names no role "${label}".`);
  return login;
}

function urlOf(tenancy: Tenancy, name: string): string {
  const { host, port } = tenancy.address;
  return `postgres://${tenancy.deployer.role}@${encodeURIComponent(host)}:${port}/${name}`;
}

interface Lazily<Value> {
  get(): Promise<Value>;
  made(): Promise<Value | undefined>;
}

function lazily<Value>(make: () => Promise<Value>): Lazily<Value> {
  let value: Promise<Value> | undefined;
  return {
    get: () => (value ??= make()),
    made: async () => value,
  };
}
