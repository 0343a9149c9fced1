import type * as Redis from "@redis/client";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { RedisAddress } from "./server.ts";

/** One connection to Redis. Closing it is the caller's: `client.close()` waits for what was sent, `destroy()` does not. */
export type RedisClient = Awaited<ReturnType<typeof createRedisClient>>;

/** What a connection needs; a {@link RedisAddress} is one. */
export type RedisEndpoint = Pick<RedisAddress, "url" | "password">;

const connectTimeoutMs = 5000;

/**
 * Opens a connection that never reconnects by itself: a lost server shows as a rejected command at once, which is what
 * a trial wants to see. Fails with `REDIS_UNREACHABLE` or `REDIS_PASSWORD_REFUSED`.
 */
export async function connectRedis(endpoint: RedisEndpoint): Promise<RedisClient> {
  const client = await createRedisClient(endpoint);
  // Without a listener a lost connection would end the process; the commands under way reject by themselves.
  client.on("error", () => {});
  try {
    await client.connect();
    // Also finds a password missing, which the greeting alone does not.
    await client.ping();
    return client;
  } catch (error) {
    client.destroy();
    throw connectFailure(endpoint, error);
  }
}

async function createRedisClient({ url, password }: RedisEndpoint) {
  const client = await (pattern ??= loadPattern());
  const secret = password === undefined ? {} : { password };
  if (url.startsWith("unix://")) {
    const socket = {
      path: decodeURIComponent(new URL(url).pathname),
      tls: false as const,
      connectTimeout: connectTimeoutMs,
    };
    return client.duplicate({ ...secret, socket: { ...socket, reconnectStrategy: false } });
  }
  return client.duplicate({
    url,
    ...secret,
    socket: { connectTimeout: connectTimeoutMs, reconnectStrategy: false },
  });
}

let pattern: ReturnType<typeof loadPattern> | undefined;

/**
 * A client that never connects, for others to be made after: all have its commands then, which it takes a twentieth of a
 * second to make. It is loaded when it is needed, since that takes a quarter of a second of every worker.
 */
async function loadPattern() {
  const { createClient }: typeof Redis = await import("@redis/client");
  return createClient();
}

function connectFailure({ url, password }: RedisEndpoint, cause: unknown): RehearsalError {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/WRONGPASS|NOAUTH|invalid password/iu.test(text)) {
    const trouble =
      password === undefined ? "asks for a password and none was given" : "refused the password";
    return new RehearsalError(
      "REDIS_PASSWORD_REFUSED",
      `Redis at ${url} ${trouble}. Set REDISCLI_AUTH or --redis-password-file.`,
      { cause },
    );
  }
  return new RehearsalError(
    "REDIS_UNREACHABLE",
    `Redis at ${url} cannot be reached: ${text}. Check that it runs and that the URL names it.`,
    { cause },
  );
}
