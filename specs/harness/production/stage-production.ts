import { applyRevision } from "../../../harness/migrations/apply-revision.ts";
import { readMigrations } from "../../../harness/migrations/read-migrations.ts";
import { openPostgres } from "../../../harness/postgres/open-postgres.ts";
import type { Major } from "../../../harness/postgres/postgres-choice.ts";
import type { PostgresServer } from "../../../harness/postgres/server.ts";
import { openSession, type Session } from "../../../harness/postgres/session.ts";
import type { RunFolder } from "../../../harness/host/run-folder.ts";

/** An embedded server that plays production: an owner without superuser, the baseline with many rows, its own roles. */
export interface Production extends AsyncDisposable {
  readonly server: PostgresServer;
  /** For `--url`, as the owner or another role. */
  url(role?: string): string;
  enter(role: string, name?: string, settings?: Readonly<Record<string, string>>): Promise<Session>;
  /** A session of a superuser, such as no command ever gets. */
  enterAsAdmin(): Promise<Session>;
}

export const database = "agenticverz";
export const owner = "m10_owner";

export interface StageOptions {
  readonly rows?: number;
  readonly major?: Major;
  readonly folder?: string;
}

export async function stageProduction(
  run: RunFolder,
  { rows = 100_000, major = 18, folder = "sql" }: StageOptions = {},
): Promise<Production> {
  await using opening = new AsyncDisposableStack();
  const server = opening.use(await openPostgres({ kind: "embedded", major }, run));
  const { address } = server;
  const enterAt = (
    where: string,
    role: string,
    name: string,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<Session> => openSession(address, { database: where, role, name, settings });
  const enter: Production["enter"] = (role, name = role, settings) =>
    enterAt(database, role, name, settings);
  {
    await using first = await enterAt("postgres", address.adminRole, "setup");
    for (const statement of [
      "create role m10_app login",
      "create role m10_monitor login in role pg_monitor",
      `create role ${owner} login in role pg_monitor, m10_app`,
      `create database ${database} owner ${owner}`,
      // What the server itself has to say of whoever waited for a lock.
      "alter system set deadlock_timeout = '100ms'",
      "alter system set log_lock_waits = on",
      "alter system set max_prepared_transactions = 5",
    ])
      await first.run(statement);
  }
  await server.kill();
  await server.start();
  const [baseline] = await readMigrations(folder);
  if (baseline === undefined) throw new Error("there is no baseline");
  {
    await using deployer = await enter(owner);
    await applyRevision(deployer, baseline);
    if (rows > 0)
      await deployer.run(
        `insert into m10_recovery.work_queue (candidate_id, method, priority)
         select n, 'replay', n % 3 from generate_series(1, ${rows}) as n`,
      );
  }
  const opened = opening.move();
  return {
    server,
    enterAsAdmin: () => enter(address.adminRole, "admin"),
    enter,
    url: (role = owner) =>
      `postgres://${role}@${encodeURIComponent(address.host)}:${address.port}/${database}`,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
