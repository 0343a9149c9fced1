/**
 * Goal: A client can be cut off from Redis before a command takes effect, or when it has and only its answer is lost.
 * Method: A proxy before the specs' Redis; what a command did is read through a connection of its own.
 */
import { expect, inject, test } from "vitest";
import "../../../harness/kit/describe-laws.ts";
import { connectRedis } from "../../../harness/redis/connect.ts";
import { openRedisNamespace } from "../../../harness/redis/namespace.ts";
import { openRedisProxy } from "../../../harness/redis/proxy.ts";
import type { RedisAddress } from "../../../harness/redis/server.ts";

const { redis } = inject("rehearsal");

test.skipIf("unavailable" in redis).for([
  { when: "before", stored: null },
  { when: "after", stored: "3" },
] as const)("cut off $when, the command has stored $stored", async ({ when, stored }) => {
  await using direct = await openRedisNamespace(address(), `spec-cut-${when}`);
  await using proxy = await openRedisProxy(address());
  const client = await connectRedis(proxy.endpoint);
  const key = direct.key("stock");

  proxy.cutNext(when);
  const answer = await client.set(key, "3").catch((error: unknown) => error);

  expect(answer).toBeInstanceOf(Error);
  expect(await direct.client.get(key)).toBe(stored);
  client.destroy();
});

test.skipIf("unavailable" in redis)(
  "whoever is spared goes on, and so does who comes after",
  async () => {
    await using direct = await openRedisNamespace(address(), "spec-spared");
    await using proxy = await openRedisProxy(address());
    const client = await connectRedis(proxy.endpoint);
    proxy.cutNext("before");
    proxy.spare();

    await client.set(direct.key("stock"), "3");
    client.destroy();
    const next = await connectRedis(proxy.endpoint);

    expect(await next.get(direct.key("stock"))).toBe("3");
    next.destroy();
  },
);

function address(): RedisAddress {
  if ("unavailable" in redis) throw new Error(redis.unavailable);
  return redis;
}
