/**
 * Goal: On a Redis that many share, nobody meets another's keys, and nothing stays when a namespace goes.
 * Method: Namespaces are opened side by side on the specs' Redis.
 */
import { expect, inject, test } from "vitest";
import "../../../harness/kit/describe-laws.ts";
import { connectRedis } from "../../../harness/redis/connect.ts";
import { openRedisNamespace } from "../../../harness/redis/namespace.ts";
import type { RedisAddress } from "../../../harness/redis/server.ts";

const { redis } = inject("rehearsal");

test.skipIf("unavailable" in redis)("two namespaces do not see one another", async () => {
  await using one = await openRedisNamespace(address(), "spec-one");
  await using other = await openRedisNamespace(address(), "spec-other");

  await one.client.set(one.key("stock"), "3");

  expect(await other.client.get(other.key("stock"))).toBeNull();
  expect(await one.client.get(one.key("stock"))).toBe("3");
});

test.skipIf("unavailable" in redis)("clearing takes its own keys only", async () => {
  await using one = await openRedisNamespace(address(), "spec");
  await using longer = await openRedisNamespace(address(), "spec-longer");
  await one.client.xAdd(one.key("events"), "*", { n: "1" });
  await one.client.set(one.key("stock"), "3");
  await longer.client.set(longer.key("stock"), "4");

  const cleared = await one.clear();

  expect(cleared).toBe(2);
  expect(await longer.client.get(longer.key("stock"))).toBe("4");
});

test.skipIf("unavailable" in redis)("disposing leaves no key", async () => {
  const namespace = await openRedisNamespace(address(), "spec-gone");
  const key = namespace.key("stock");
  await namespace.client.set(key, "3");

  await namespace[Symbol.asyncDispose]();

  const client = await connectRedis(address());
  expect(await client.exists(key)).toBe(0);
  client.destroy();
});

test.skipIf("unavailable" in redis)("a name that a pattern would misread is refused", async () => {
  await expect(openRedisNamespace(address(), "any*")).rejects.toThrow(TypeError);
});

test("a Redis that is not there is told by its URL", async () => {
  await expect(connectRedis({ url: "unix:///nowhere/redis.sock" })).rejects.toMatchObject({
    code: "REDIS_UNREACHABLE",
    message: expect.stringContaining("unix:///nowhere/redis.sock"),
  });
});

function address(): RedisAddress {
  if ("unavailable" in redis) throw new Error(redis.unavailable);
  return redis;
}
