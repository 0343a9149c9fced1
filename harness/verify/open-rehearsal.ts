import { randomInt } from "node:crypto";
import { resolve } from "node:path";
import { prepareServer } from "../laws/prepare-server.ts";
import type { Rehearsal } from "../laws/rehearsal.ts";
import { demandDownRuns } from "../migrations/demand-down-runs.ts";
import { migrationsHash } from "../migrations/revision.ts";
import { tenancyPrefix } from "../postgres/tenancy.ts";
import type { Environment } from "./environment.ts";
import type { Run } from "./open-run.ts";
import { openServers, type Servers } from "./open-servers.ts";
import type { Input } from "./read-input.ts";
import type { ParsedSettings } from "./settings.ts";

/** Servers and templates of one run, and what its report says of them. Disposing it takes the servers away. */
export interface OpenRehearsal extends AsyncDisposable {
  readonly data: Rehearsal;
  /** One line for a person: what is rehearsed, on what, how hard. */
  readonly headline: string;
  readonly migrations: { readonly folder: string; readonly to: string; readonly hash: string };
  /** The bindings file as it was given. */
  readonly bindings: string | null;
  /** Product and version, or why there is no Redis. */
  readonly redis: string;
  /** Leaves the PostgreSQL server running when the run ends, and says how it is ended. */
  leaveServer(): Promise<string>;
}

/** Whose run it is, what was asked for, and what was found to rehearse. */
export interface Commission {
  readonly run: Run;
  readonly settings: ParsedSettings;
  readonly environment: Environment;
  readonly input: Input;
}

/**
 * Opens the servers and migrates the templates. Fails with a `RehearsalError` about the input or the machine, and then
 * leaves no server. A Redis that cannot be had is no failure.
 */
export async function openRehearsal(commission: Commission): Promise<OpenRehearsal> {
  const { run, settings, environment, input } = commission;
  await using opening = new AsyncDisposableStack();
  const servers = opening.use(await openServers(run, input.choices, environment.path));
  const data = await prepare(commission, servers);
  const opened = opening.move();
  const { before, revision } = input.selection;
  return {
    data,
    headline: headlineOf(data),
    migrations: {
      folder: settings.migrations,
      to: revision.id,
      hash: migrationsHash([...before, revision]),
    },
    bindings: input.bindings?.file ?? null,
    redis: describeRedis(data),
    async leaveServer() {
      await servers.closeRedis();
      return howToLeave(data, run.leave());
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function prepare(
  { run, settings, environment, input }: Commission,
  servers: Servers,
): Promise<Rehearsal> {
  const { selection, bindings, choices } = input;
  const prepared = await prepareServer(servers.postgres.address, {
    runId: run.folder.runId,
    selection,
    binding: bindings?.binding,
    ...(settings.appRole === undefined ? {} : { roleNames: { app: settings.appRole } }),
  });
  const { tenancy, templates, settings: sessionSettings } = prepared;
  await demandDownRuns(tenancy, templates, selection.revision, { settings: sessionSettings });
  return {
    ...prepared,
    redis: servers.redis,
    migrations: { folder: settings.migrations, to: selection.revision.id },
    ...(bindings === undefined ? {} : { bindings: resolve(bindings.file) }),
    effort: settings.effort,
    seed: settings.seed ?? randomInt(0x7fffffff),
    laws: settings.law,
    keep: settings.keep,
    howToOpen: { ...choices, run: run.folder, path: environment.path },
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

function howToLeave({ tenancy }: Rehearsal, command: string): string {
  const guest =
    tenancy.address.kind === "external"
      ? `\nDrop the databases and then the roles whose names begin with ${tenancyPrefix(tenancy.runId)} first.`
      : "";
  return `PostgreSQL is still running, with what was kept. This ends it:${guest}\n  ${command}`;
}
