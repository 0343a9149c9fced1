import { loadTestcontainers } from "../host/docker.ts";
import type { RunFolder } from "../host/run-folder.ts";
import { startServerContainer } from "../host/server-container.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { askRedis } from "./ask-redis.ts";
import type { RedisServer } from "./server.ts";

const containerPort = 6379;
const command =
  "redis-server --appendonly yes --appendfsync always --maxmemory-policy noeviction".split(" ");

/** Starts Redis in a container of its own. Fails as `startServerContainer` does; then nothing of it stays. */
export async function openDockerRedis(image: string, run: RunFolder): Promise<RedisServer> {
  await using opening = new AsyncDisposableStack();
  const container = opening.use(
    await startServerContainer(run, image, containerPort, async () => {
      await loadTestcontainers();
      const { RedisContainer } = await import("@testcontainers/redis");
      return new RedisContainer(image).withCommand([...command, "--save", ""]);
    }),
  );
  const url = `redis://${container.host}:${container.port}`;
  const ask = async () => {
    const answer = await askRedis({ url }, new Promise(() => {}));
    if (answer !== undefined) return answer;
    throw new RehearsalError(
      "REDIS_NOT_STARTED",
      `Redis in a container of the image ${image} does not answer at ${url}. Nothing was run. Try another image.`,
      { exitCode: 3 },
    );
  };
  const { product, version } = await ask();
  const opened = opening.move();
  return {
    address: { kind: "docker", url, product, version, keyPrefix: `rehearsal:${run.runId}:` },
    kill: () => container.kill(),
    async start() {
      await container.start();
      await ask();
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
