import { randomBytes } from "node:crypto";
import type { MortalDatabase, Tally } from "../explore/stage.ts";
import { readMigrations } from "../migrations/read-migrations.ts";
import { selectRevision } from "../migrations/revision.ts";
import { createDatabase, databaseName, type DatabaseOptions } from "../postgres/database.ts";
import type { PostgresServer } from "../postgres/server.ts";
import type { RedisServer } from "../redis/server.ts";
import type { Binding } from "./binding.ts";
import { openMortalPostgres, openMortalRedis } from "./how-to-open.ts";
import { type PreparedServer, prepareServer } from "./prepare-server.ts";
import type { Rehearsal } from "./rehearsal.ts";

/**
 * Servers that laws may kill. A PostgreSQL server is prepared once and lent to one law after the other, each with a
 * database of its own; Redis is opened anew each time. Disposing takes all servers away.
 */
export interface Mortals extends AsyncDisposable {
  /** A server nobody else has, running, with a fresh clone. Disposing gives it back, killed or not. */
  borrow(tally: Tally): Promise<MortalDatabase>;
  openRedis(tally: Tally): Promise<RedisServer>;
}

export function createMortals(
  rehearsal: Rehearsal,
  binding: Binding | undefined,
  options: DatabaseOptions,
): Mortals {
  const all = new AsyncDisposableStack();
  const idle: Mortal[] = [];
  return {
    async borrow(tally) {
      const mortal = idle.pop() ?? (await openMortal(rehearsal, binding, all));
      for (const note of mortal.notes) tally.note(note);
      return lend(mortal, options, () => idle.push(mortal));
    },
    async openRedis(tally) {
      const { server, notes } = await openMortalRedis(rehearsal.howToOpen);
      for (const note of notes) tally.note(note);
      return server;
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

interface Mortal {
  readonly server: Revivable;
  readonly prepared: PreparedServer;
  readonly notes: readonly string[];
}

/** A server that knows whether it was killed. */
interface Revivable extends PostgresServer {
  isRunning(): boolean;
}

async function openMortal(
  rehearsal: Rehearsal,
  binding: Binding | undefined,
  all: AsyncDisposableStack,
): Promise<Mortal> {
  const { migrations, tenancy, howToOpen } = rehearsal;
  const selection = selectRevision(await readMigrations(migrations.folder), migrations.to);
  const { server, notes } = await openMortalPostgres(howToOpen, tenancy.address);
  all.use(server);
  const appRole = tenancy.roles["app"]?.role;
  const prepared = await prepareServer(server.address, {
    runId: tenancy.runId,
    selection,
    binding,
    ...(appRole === undefined ? {} : { roleNames: { app: appRole } }),
  });
  return { server: revivable(server), prepared, notes };
}

function revivable(server: PostgresServer): Revivable {
  let running = true;
  return {
    address: server.address,
    isRunning: () => running,
    async kill() {
      running = false;
      await server.kill();
    },
    async start() {
      await server.start();
      running = true;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function lend(
  { server, prepared }: Mortal,
  options: DatabaseOptions,
  giveBack: () => void,
): Promise<MortalDatabase> {
  const database = await createDatabase(
    prepared.tenancy,
    databaseName(prepared.tenancy, `m${randomBytes(4).toString("hex")}`),
    prepared.templates.target,
    options,
  );
  return {
    server,
    database,
    async [Symbol.asyncDispose]() {
      if (!server.isRunning()) await server.start();
      await database[Symbol.asyncDispose]();
      giveBack();
    },
  };
}
