import { connectRedis } from "./connect.ts";
import type { RedisClient, RedisEndpoint } from "./connect.ts";
import type { RedisAddress } from "./server.ts";

/**
 * Keys of one user's own on a server that many share: two laws side by side, or the harness on a server of somebody
 * else's, never meet because each uses its own prefix. Disposing it deletes every key under the prefix and closes the
 * connection.
 */
export interface RedisNamespace extends AsyncDisposable {
  /** Ends with a colon. */
  readonly prefix: string;
  /** For further connections, which are the caller's to close. */
  readonly endpoint: RedisEndpoint;
  /** Connected; knows nothing of the prefix, so every name goes through {@link key}. */
  readonly client: RedisClient;
  /** The name of a key, stream or channel of this namespace. */
  key(word: string): string;
  /** Deletes every key under the prefix and answers how many there were. Also works after the server was restarted. */
  clear(): Promise<number>;
}

/**
 * Opens a namespace of the run, such as `rehearsal:<run>:<law>:` for the name of a law, on a running server. Keys that
 * are there already stay until it is cleared or disposed. Fails as {@link connectRedis} does.
 */
export async function openRedisNamespace(
  address: RedisAddress,
  name: string,
): Promise<RedisNamespace> {
  const prefix = `${address.keyPrefix}${name}:`;
  if (!isPrefix(prefix)) {
    throw new TypeError(
      `a Redis prefix is words joined and ended by colons, unlike ${JSON.stringify(prefix)}`,
    );
  }
  const client = await connectRedis(address);
  return {
    prefix,
    endpoint: address,
    client,
    key: (word) => prefix + word,
    clear: async () => await clearKeys(address, prefix),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await clearKeys(address, prefix);
    },
  };
}

/**
 * Deletes every key under a prefix and answers how many there were. Uses a connection of its own, so it works where
 * others are lost or wait in a blocking read.
 */
export async function clearKeys(endpoint: RedisEndpoint, prefix: string): Promise<number> {
  const client = await connectRedis(endpoint);
  try {
    let removed = 0;
    // A prefix has no character that a pattern reads as a wildcard.
    for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 })) {
      if (keys.length > 0) removed += await client.unlink(keys);
    }
    return removed;
  } finally {
    client.destroy();
  }
}

function isPrefix(text: string): boolean {
  return /^[\w.-]+(?::[\w.-]+)*:$/u.test(text);
}
