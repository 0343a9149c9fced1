/**
 * Goal: Every Redis that the harness can open does the same: a program of this machine, a container, unpacked packages
 * or somebody else's.
 * Method: The same tests against each provider, on a server of their own. Where no program is on the PATH, the unpacked
 * one is put there. What is not to be had here is skipped with the reason.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findDockerEngine } from "../../../harness/host/docker.ts";
import { findProgram } from "../../../harness/host/debian-packages.ts";
import { endRun } from "../../../harness/host/end-run.ts";
import { createRunFolder, readEntries, type RunFolder } from "../../../harness/host/run-folder.ts";
import { parseRedisChoice } from "../../../harness/redis/choice.ts";
import { connectRedis, type RedisClient } from "../../../harness/redis/connect.ts";
import { clearKeys, openRedisNamespace } from "../../../harness/redis/namespace.ts";
import { openRedis } from "../../../harness/redis/open-redis.ts";
import { unpackRedis } from "../../../harness/redis/packages.ts";
import type { RedisServer } from "../../../harness/redis/server.ts";
import { readEnvironment } from "../../../harness/verify/environment.ts";
import { leftoversOf } from "./leftovers.ts";

const engine = await findDockerEngine();
const { path, redisImage } = readEnvironment();

const resources = new AsyncDisposableStack();
afterAll(() => resources.disposeAsync());

describe.for(["local", "docker", "packages"])("Redis from %s", (choice) => {
  let run: RunFolder;
  let server: RedisServer;
  let without = "";
  beforeAll(async () => {
    run = await createRunFolder();
    if (choice === "docker" && engine.kind === "unreachable") without = engine.reason;
    if (without !== "") return;
    const programs = choice === "local" ? await pathWithRedis(run) : path;
    const opened = await openRedis(parse(choice), run, programs);
    if ("unavailable" in opened) without = opened.unavailable;
    else server = opened;
  });
  // Also when a test failed on the way.
  afterAll(() => endRun(run));
  beforeEach(({ skip }) => skip(without !== "", without));

  test("it is what it says, and none of its keys stands outside the run's own", async () => {
    await using client = await connect(server);

    const told = await client.client.info("server");

    expect(server.address).toMatchObject({ kind: choice, keyPrefix: `rehearsal:${run.runId}:` });
    expect(told).toContain(`${server.address.product}_version:${server.address.version}`);
    expect(await client.client.dbSize()).toBe(0);
  });

  test("it drops no key for want of memory, and syncs what it is told before it answers", async () => {
    await using client = await connect(server);

    const settings = await client.client.configGet([
      "maxmemory-policy",
      "appendonly",
      "appendfsync",
    ]);

    expect(settings).toEqual({
      "maxmemory-policy": "noeviction",
      appendonly: "yes",
      appendfsync: "always",
    });
  });

  test("killed and started, it has what was written and what is pending", async () => {
    const { address } = server;
    await using before = await openRedisNamespace(address, "spec");
    const stream = before.key("events");
    const id = await before.client.xAdd(stream, "*", { n: "1" });
    await before.client.xGroupCreate(stream, "group", "0");
    await before.client.xReadGroup("group", "one", { key: stream, id: ">" });

    await server.kill();
    const asked = before.client.ping();
    await expect(asked).rejects.toThrow(/closed|Socket|ECONN|EPIPE/i);
    await server.start();

    await using after = await connect(server);
    expect(server.address).toBe(address);
    expect(await after.client.xRange(stream, "-", "+")).toEqual([{ id, message: { n: "1" } }]);
    expect(await after.client.xPending(stream, "group")).toMatchObject({ pending: 1 });
  });

  test("killed again and again, it comes back each time", async () => {
    for (let round = 0; round < 3; round += 1) {
      await server.kill();
      await server.start();
    }

    await using client = await connect(server);
    expect(await client.client.ping()).toBe("PONG");
  });

  test("another run that is a guest there leaves no key, and neither kills nor starts it", async () => {
    const guestRun = await createRunFolder();
    await using ending = new AsyncDisposableStack();
    ending.defer(() => endRun(guestRun));
    const guest = await openRedis(parse(server.address.url), guestRun, path);
    if ("unavailable" in guest) throw new Error(guest.unavailable);
    await using host = await connect(server);
    await host.client.set("somebody's", "own");
    await host.client.set(`${guest.address.keyPrefix}left`, "1");
    const noted = readEntries(guestRun);

    await expect(guest.kill()).rejects.toMatchObject({ code: "SERVER_NOT_OURS" });
    await expect(guest.start()).rejects.toMatchObject({ code: "SERVER_NOT_OURS" });
    await guest[Symbol.asyncDispose]();

    expect(noted).toEqual([{ kind: "guest", server: server.address.url }]);
    expect(readEntries(guestRun)).toEqual([]);
    expect(await clearKeys(server.address, guest.address.keyPrefix)).toBe(0);
    expect(await host.client.get("somebody's")).toBe("own");
  });

  test("disposed while it is killed, it leaves nothing", async () => {
    await server.kill();

    await server[Symbol.asyncDispose]();

    expect(readEntries(run)).toEqual([]);
    expect(await leftoversOf(run)).toEqual([]);
  });
});

test("where nothing is to be had by name, it says so and what to do", async () => {
  const run = await createRunFolder();
  await using ending = new AsyncDisposableStack();
  ending.defer(() => endRun(run));

  const local = await openRedis({ kind: "local" }, run, "/nowhere");
  const packages = await openRedis(
    { kind: "packages" },
    { ...run, cache: `${run.path}/cache` },
    "/nowhere",
  );
  const none = await openRedis({ kind: "none" }, run, path);

  expect(local).toEqual({
    unavailable: expect.stringMatching(/on the PATH\. Install redis-server/),
  });
  expect(packages).toEqual({
    unavailable: expect.stringMatching(/apt-get is not on the PATH.*Install redis-server/),
  });
  expect(none).toEqual({ unavailable: expect.stringContaining("--redis none") });
  expect(await leftoversOf(run)).toEqual(["cache"]);
});

/** The PATH, and before it a folder with a Redis if there is none on it. */
async function pathWithRedis(run: RunFolder): Promise<string> {
  if ((await findProgram("redis-server", path)) !== undefined) return path;
  const unpacked = await unpackRedis(path, run);
  if ("reason" in unpacked) return path;
  const folder = await mkdtemp(join(tmpdir(), "programs-"));
  resources.defer(() => rm(folder, { recursive: true }));
  const libraries = (unpacked.libraries ?? []).join(":");
  const script = `#!/bin/sh\nLD_LIBRARY_PATH=${libraries} exec ${unpacked.program} "$@"\n`;
  await writeFile(join(folder, "redis-server"), script, { mode: 0o755 });
  return `${folder}:${path}`;
}

function parse(text: string) {
  return parseRedisChoice(text, {
    external: true,
    ...(redisImage === undefined ? {} : { image: redisImage }),
  });
}

/** A connection that is cut when the test is over. */
async function connect(server: RedisServer): Promise<{ client: RedisClient } & AsyncDisposable> {
  const client = await connectRedis(server.address);
  return { client, [Symbol.asyncDispose]: async () => client.destroy() };
}
