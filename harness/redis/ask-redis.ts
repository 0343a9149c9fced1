import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { connectRedis, type RedisEndpoint } from "./connect.ts";
import type { RedisAddress } from "./server.ts";

/** How long a server that was just started may take to answer, milliseconds. */
const patienceMs = 20_000;

/** What a server is, as soon as it answers; nothing if it ends first or stays silent. */
export async function askRedis(
  endpoint: RedisEndpoint,
  ended: Promise<unknown>,
): Promise<Pick<RedisAddress, "product" | "version"> | undefined> {
  let over = false;
  void ended.then(() => (over = true));
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await readVersion(endpoint);
    } catch (error) {
      const gone = over || performance.now() > deadline;
      if (gone) return undefined;
      if (!(error instanceof RehearsalError) && !isLoading(error)) throw error;
    }
    // There is no event for a socket that begins to answer.
    await new Promise((settle) => setTimeout(settle, 4));
  }
}

/** Product and version, as the server tells them. Fails as `connectRedis` does. */
export async function readVersion(
  endpoint: RedisEndpoint,
): Promise<Pick<RedisAddress, "product" | "version">> {
  const client = await connectRedis(endpoint);
  try {
    const told = await client.info("server");
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}:(.*?)\\r?$`, "mu").exec(told)?.[1];
    const valkey = field("valkey_version");
    return valkey === undefined
      ? { product: "redis", version: field("redis_version") ?? "unknown" }
      : { product: "valkey", version: valkey };
  } finally {
    client.destroy();
  }
}

/** While it reads its append-only file it answers so. */
function isLoading(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("LOADING");
}
