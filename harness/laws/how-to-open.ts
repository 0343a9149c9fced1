import type { RunFolder } from "../host/run-folder.ts";
import { openPostgres } from "../postgres/open-postgres.ts";
import { type ParsedPostgresChoice, parsePostgresChoice } from "../postgres/postgres-choice.ts";
import type { PostgresServer, ServerAddress } from "../postgres/server.ts";
import { type ParsedRedisChoice, parseRedisChoice } from "../redis/choice.ts";
import { openRedis } from "../redis/open-redis.ts";
import type { RedisServer } from "../redis/server.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";

/** How a law opens a server of its own that it may kill: like the run's, where those are the run's to kill. */
export interface HowToOpen {
  readonly run: RunFolder;
  readonly postgres: ParsedPostgresChoice;
  readonly redis: ParsedRedisChoice;
  /** Where programs are looked for. */
  readonly path: string;
}

export interface Opened<Server> {
  readonly server: Server;
  /** What a reader must know of it: where it is another kind of server than the run's. */
  readonly notes: readonly string[];
}

/** Fails as {@link openPostgres} does. */
export async function openMortalPostgres(
  { postgres, run }: HowToOpen,
  shared: ServerAddress,
): Promise<Opened<PostgresServer>> {
  if (postgres.kind !== "external") return { server: await openPostgres(postgres, run), notes: [] };
  const major = Math.floor(shared.versionNum / 10_000);
  return {
    server: await openPostgres(parsePostgresChoice(`embedded:${major}`, { external: false }), run),
    notes: [`the server at ${shared.host} may not be killed: an embedded PostgreSQL ${major} was`],
  };
}

/** Fails as {@link openRedis} does, and with `NO_MORTAL_REDIS` if there is none to be had. */
export async function openMortalRedis({
  redis,
  run,
  path,
}: HowToOpen): Promise<Opened<RedisServer>> {
  const isOurs = redis.kind !== "external";
  const server = await openRedis(
    isOurs ? redis : parseRedisChoice("auto", { external: false }),
    run,
    path,
  );
  if ("unavailable" in server) {
    throw new RehearsalError(
      "NO_MORTAL_REDIS",
      `There is no Redis that may be killed: ${server.unavailable}`,
      { exitCode: 3 },
    );
  }
  return {
    server,
    notes: isOurs ? [] : ["the Redis given may not be killed: one on this machine was"],
  };
}
