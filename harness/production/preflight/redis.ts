import { parseRedisChoice } from "../../redis/choice.ts";
import { connectRedis, type RedisClient } from "../../redis/connect.ts";
import { RehearsalError } from "../../verdict/rehearsal-error.ts";
import type { StreamLimit } from "../production-binding.ts";
import { type Finding, go, noGo, noted, unknown } from "../finding.ts";

/** Redis beside the database: reachable, keeps what it is told, and its streams are no longer than they may be. */
export async function checkRedis(
  url: string | undefined,
  password: string | undefined,
  streams: readonly StreamLimit[],
): Promise<Finding> {
  if (streams.length === 0 && url === undefined) return noted("the bindings know no stream");
  if (url === undefined)
    return unknown("not looked at: say --redis redis://host:port, or --redis none to leave it out");
  if (url === "none") return noted("left out, as --redis none says");
  const choice = parseRedisChoice(url, {
    external: true,
    ...(password === undefined ? {} : { password }),
  });
  if (choice.kind !== "external")
    throw new RehearsalError(
      "NO_REDIS_URL",
      `"${url}" names no Redis of production. Nothing was run. Write --redis redis://host:port, or none.`,
    );
  let redis: RedisClient;
  try {
    redis = await connectRedis(choice);
  } catch (error) {
    if (error instanceof RehearsalError) return noGo(error.message);
    throw error;
  }
  try {
    return await lookAt(redis, streams);
  } finally {
    redis.destroy();
  }
}

async function lookAt(redis: RedisClient, streams: readonly StreamLimit[]): Promise<Finding> {
  const wanted = { appendonly: "yes", "maxmemory-policy": "noeviction" };
  const settings = await settingsOf(redis, Object.keys(wanted));
  const lengths = await Promise.all(
    streams.map(async ({ key, title, most }) => ({ title, most, length: await redis.xLen(key) })),
  );
  const details = lengths.map(
    ({ title, length, most }) => `${title}: ${length} of at most ${most}`,
  );
  const problems = [
    ...Object.entries(wanted).flatMap(([name, value]) => {
      const found = settings?.[name];
      return settings === undefined || found === value ? [] : [`${name} is ${found}, not ${value}`];
    }),
    ...lengths.flatMap(({ title, length, most }) =>
      length > most ? [`${title} has ${length} entries, more than ${most}`] : [],
    ),
  ];
  if (problems.length > 0) return noGo("Redis may lose what it is told, or is behind", problems);
  if (settings === undefined)
    return unknown("whether Redis keeps what it is told is hidden: CONFIG GET is refused", details);
  return go("reachable, append-only, evicts nothing", details);
}

/** Nothing where the server does not tell, as managed ones do not. */
async function settingsOf(
  redis: RedisClient,
  names: readonly string[],
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    return await redis.configGet([...names]);
  } catch {
    return undefined;
  }
}
