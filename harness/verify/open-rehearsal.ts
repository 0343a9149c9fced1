import { randomInt } from "node:crypto";
import { relative, resolve } from "node:path";
import type { Binding } from "../laws/binding.ts";
import { loadBinding } from "../laws/load-binding.ts";
import { prepareServer } from "../laws/prepare-server.ts";
import type { Rehearsal } from "../laws/rehearsal.ts";
import { readMigrations } from "../migrations/read-migrations.ts";
import { migrationsHash, type Selection, selectRevision } from "../migrations/revision.ts";
import { leaveTenancy } from "../postgres/tenancy.ts";
import type { Environment } from "./environment.ts";
import { openServers, type Servers } from "./open-servers.ts";
import type { ParsedSettings } from "./settings.ts";

/** Servers and templates of one run, and what its report says of them. Disposing it leaves nothing behind. */
export interface OpenRehearsal extends AsyncDisposable {
  readonly data: Rehearsal;
  /** One line for a person: what is rehearsed, on what, how hard. */
  readonly headline: string;
  readonly migrations: { readonly folder: string; readonly to: string; readonly hash: string };
  /** The bindings file as it was given. */
  readonly bindings: string | null;
  /** Product and version, or why there is no Redis. */
  readonly redis: string;
  /** Leaves the PostgreSQL server running when this is disposed, and says how it is ended. */
  leaveServer(): Promise<string>;
}

/**
 * Reads what is under test, opens the servers and migrates the templates. Fails with a `RehearsalError` about the input
 * or the machine, and then leaves nothing behind. A Redis that cannot be had is no failure.
 */
export async function openRehearsal(
  settings: ParsedSettings,
  environment: Environment,
): Promise<OpenRehearsal> {
  const revisions = await readMigrations(settings.migrations);
  const bindings = bindingsOf(settings);
  const binding = bindings === undefined ? undefined : await loadBinding(resolve(bindings));
  const selection = selectRevision(revisions, settings.to ?? binding?.revision);

  await using opening = new AsyncDisposableStack();
  const servers = opening.use(await openServers(settings, environment));
  const data = await prepare(opening, settings, servers, selection, binding);
  const opened = opening.move();
  return {
    data,
    headline: headlineOf(data),
    migrations: {
      folder: settings.migrations,
      to: selection.revision.id,
      hash: migrationsHash([...selection.before, selection.revision]),
    },
    bindings: bindings ?? null,
    redis: describeRedis(data),
    leaveServer: () => servers.leave(),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** The bindings that come with the default folder say nothing of another one. */
function bindingsOf({ bindings, impliedBindings, migrations }: ParsedSettings): string | undefined {
  const isDefault = relative(resolve("sql"), resolve(migrations)) === "";
  return bindings ?? (isDefault ? impliedBindings : undefined);
}

async function prepare(
  opening: AsyncDisposableStack,
  settings: ParsedSettings,
  servers: Servers,
  selection: Selection,
  binding: Binding | undefined,
): Promise<Rehearsal> {
  const bindings = bindingsOf(settings);
  const prepared = await prepareServer(
    servers.postgres.address,
    {
      runId: servers.runId,
      selection,
      binding,
      ...(settings.appRole === undefined ? {} : { appRole: settings.appRole }),
    },
    (tenancy) => opening.defer(() => leaveTenancy(tenancy)),
  );
  return {
    ...prepared,
    redis: servers.redis,
    migrations: { folder: settings.migrations, to: selection.revision.id },
    ...(bindings === undefined ? {} : { bindings: resolve(bindings) }),
    effort: settings.effort,
    seed: settings.seed ?? randomInt(0x7fffffff),
    laws: settings.law,
    keep: settings.keep,
    howToOpen: servers.howToOpen,
  };
}

function headlineOf(data: Rehearsal): string {
  const { kind, version } = data.tenancy.address;
  const lines = [
    `${data.migrations.to} of ${data.migrations.folder} on PostgreSQL ${version} (${kind}), ` +
      `${describeRedis(data)}; ${data.effort} effort, seed ${data.seed}`,
  ];
  if (data.lent !== undefined) lines.push(`Note: ${data.lent}.`);
  return lines.join("\n");
}

function describeRedis({ redis }: Rehearsal): string {
  if ("unavailable" in redis) return `no Redis: ${redis.unavailable}`;
  return `${redis.product === "redis" ? "Redis" : "Valkey"} ${redis.version} (${redis.kind})`;
}
