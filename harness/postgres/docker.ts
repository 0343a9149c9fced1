import { randomBytes } from "node:crypto";
import { loadTestcontainers } from "../host/docker.ts";
import type { RunFolder } from "../host/run-folder.ts";
import { startServerContainer } from "../host/server-container.ts";
import { demandSupported } from "./demand-supported.ts";
import { adminRole } from "./embedded-cluster.ts";
import { readVersion, type ServerVersion } from "./read-version.ts";
import type { PostgresServer, ServerAddress } from "./server.ts";

/**
 * Starts a server in a container of its own. Fails as `startServerContainer` does, and with
 * `POSTGRES_MAJOR_UNSUPPORTED`; then nothing of it stays.
 */
export async function openDocker(run: RunFolder, image: string): Promise<PostgresServer> {
  const adminPassword = randomBytes(18).toString("base64url");
  await using opening = new AsyncDisposableStack();
  const container = opening.use(
    await startServerContainer(run, image, containerPort, async () => {
      await loadTestcontainers();
      const { PostgreSqlContainer } = await import("@testcontainers/postgresql");
      return new PostgreSqlContainer(image)
        .withDatabase("postgres")
        .withUsername(adminRole)
        .withPassword(adminPassword)
        .withCommand(["postgres", ...settings.flatMap((setting) => ["-c", setting])]);
    }),
  );
  const address = {
    kind: "docker" as const,
    host: container.host,
    port: container.port,
    adminRole,
    adminPassword,
    adminDatabase: "postgres",
  };
  const version = demandSupported(await readVersion(address), `the image ${image}`);
  let running = true;
  const opened = opening.move();
  return {
    address: { ...address, ...version },
    async kill() {
      if (!running) return;
      running = false;
      await container.kill();
    },
    async start() {
      if (running) return;
      await container.start();
      await untilItAnswers(address);
      running = true;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const containerPort = 5432;

/** As the embedded servers have them, as far as a container needs them told. */
const settings = [
  "max_connections=200",
  "fsync=off",
  "checkpoint_timeout=1h",
  "autovacuum=off",
  "jit=off",
  "deadlock_timeout=10ms",
  "timezone=UTC",
];

/** Nothing tells from outside when a container that runs takes sessions again. */
async function untilItAnswers(address: Omit<ServerAddress, keyof ServerVersion>): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  for (;;) {
    try {
      await readVersion(address);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

const startTimeoutMs = 60_000;
