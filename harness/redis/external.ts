import { reapGuests } from "../host/end-run.ts";
import { noteEntry, type RunFolder } from "../host/run-folder.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { readVersion } from "./ask-redis.ts";
import type { ParsedRedisChoice } from "./choice.ts";
import { clearKeys } from "./namespace.ts";
import type { RedisServer } from "./server.ts";

/**
 * Somebody else's Redis: only keys under the run's own prefix are made there, and disposing it deletes them, as the next
 * run on it does with those of a run that was killed. Fails as `connectRedis` does.
 */
export async function openExternalRedis(
  { url, password }: Extract<ParsedRedisChoice, { kind: "external" }>,
  run: RunFolder,
): Promise<RedisServer> {
  const endpoint = { url, ...(password === undefined ? {} : { password }) };
  const keyPrefix = prefixOf(run.runId);
  const { product, version } = await readVersion(endpoint);
  await reapGuests(url, async (runId) => void (await clearKeys(endpoint, prefixOf(runId))));
  const strikeOut = noteEntry(run, { kind: "guest", server: url });
  return {
    address: { kind: "external", ...endpoint, product, version, keyPrefix },
    kill: () => notOurs(url),
    start: () => notOurs(url),
    async [Symbol.asyncDispose]() {
      await clearKeys(endpoint, keyPrefix);
      strikeOut();
    },
  };
}

function prefixOf(runId: string): string {
  return `rehearsal:${runId}:`;
}

async function notOurs(url: string): Promise<never> {
  throw new RehearsalError(
    "SERVER_NOT_OURS",
    `The Redis at ${url} is not the harness's own and is neither killed nor started by it.`,
    { exitCode: 3 },
  );
}
