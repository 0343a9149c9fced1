import type { Rehearsal } from "../laws/rehearsal.ts";
import { openPostgres } from "../postgres/open-postgres.ts";
import type { PostgresServer } from "../postgres/server.ts";
import { openRedis } from "../redis/open-redis.ts";
import type { Run } from "./open-run.ts";
import type { Choices } from "./read-choices.ts";

/** The servers of one run. Disposing it takes them away, but for a PostgreSQL in a run that is left. */
export interface Servers extends AsyncDisposable {
  readonly postgres: PostgresServer;
  readonly redis: Rehearsal["redis"];
  /** Takes Redis away before the rest. */
  closeRedis(): Promise<void>;
}

/**
 * Opens PostgreSQL and Redis at once. Fails as they do; a Redis that cannot be had is no failure. What is on servers of
 * somebody else's is left to the run to take away, since a signal ends only the run's own as they are.
 */
export async function openServers(run: Run, choices: Choices, path: string): Promise<Servers> {
  await using opening = new AsyncDisposableStack();
  const heldRedis = opening.use(new AsyncDisposableStack());
  const opened = [
    openPostgres(choices.postgres, run.folder).then((server) => {
      const close = async (): Promise<void> => await server[Symbol.asyncDispose]();
      if (server.address.kind === "external") run.defer(close);
      else opening.defer(async () => (run.wasLeft() ? undefined : await close()));
      return server;
    }),
    openRedis(choices.redis, run.folder, path).then((server) => {
      if ("unavailable" in server) return server;
      if (server.address.kind === "external")
        run.defer(async () => await server[Symbol.asyncDispose]());
      else heldRedis.use(server);
      return server;
    }),
  ] as const;
  // What one of them opened must be held before the other one's failure ends this.
  await Promise.allSettled(opened);
  const [postgres, redis] = await Promise.all(opened);
  const held = opening.move();
  return {
    postgres,
    redis: "unavailable" in redis ? redis : redis.address,
    closeRedis: () => heldRedis.disposeAsync(),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
