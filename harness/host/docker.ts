/**
 * The Docker engine, by way of testcontainers, which is loaded only when it is asked for: it takes a quarter of a
 * second. Containers are removed by the run that made them, or at the next start if it died (see run-folder.ts), so
 * Ryuk, testcontainers' own remover, stays off: it would need an image of its own and the engine's socket. What is
 * read from `process.env` here is what testcontainers itself reads there.
 */
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type * as Testcontainers from "testcontainers";

export type DockerEngine =
  | { readonly kind: "reachable"; readonly version: string }
  | { readonly kind: "unreachable"; readonly reason: string };

/** Whether a Docker engine answers, and if not why. Asks nothing of the engine but its name. */
export async function findDockerEngine(): Promise<DockerEngine> {
  if (!isConfigured()) {
    return {
      kind: "unreachable",
      reason: `no Docker engine: DOCKER_HOST is not set and none of ${socketPaths().join(", ")} exists`,
    };
  }
  try {
    const client = await dockerClient();
    return { kind: "reachable", version: String(client.info.containerRuntime.serverVersion) };
  } catch {
    const where = process.env["DOCKER_HOST"] ?? socketPaths().find((path) => existsSync(path));
    return {
      kind: "unreachable",
      reason: `the Docker engine at ${where ?? "its socket"} does not answer`,
    };
  }
}

/** testcontainers with Ryuk off. Every import of a testcontainers module goes after this one. */
export async function loadTestcontainers(): Promise<typeof Testcontainers> {
  process.env["TESTCONTAINERS_RYUK_DISABLED"] = "true";
  return await import("testcontainers");
}

/**
 * To be done before the first container of this process. Even with Ryuk off, testcontainers locks a file in the
 * temporary folder then, once, and leaves it there; so for that moment it is given a folder below `folder`.
 */
export async function passReaper(folder: string): Promise<void> {
  reaperPassed ??= passReaperIn(join(folder, "reaper"));
  await reaperPassed;
}

let reaperPassed: Promise<void> | undefined;

async function passReaperIn(folder: string): Promise<void> {
  const client = await dockerClient();
  const { getReaper } = await import("testcontainers/build/reaper/reaper.js");
  await mkdir(folder);
  try {
    await callWithTemporary(folder, () => getReaper(client));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `TMPDIR` is another only until `call` first waits, so nobody else meets that. */
function callWithTemporary<Value>(folder: string, call: () => Promise<Value>): Promise<Value> {
  const temporary = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    return call();
  } finally {
    if (temporary === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = temporary;
  }
}

/** SIGKILL to the server in a container; its files stay. `container` is an id or a name. */
export async function killContainer(container: string): Promise<void> {
  const client = await dockerClient();
  await client.container.getById(container).kill({ signal: "SIGKILL" });
}

/** Starts a killed container again, on the same files and, if they were chosen by number, the same ports. */
export async function startContainer(container: string): Promise<void> {
  const client = await dockerClient();
  await client.container.getById(container).start();
}

/**
 * Removes a container with its volumes, running or not. One that is gone already is fine. Fails at once where there is
 * no engine.
 */
export async function removeContainer(container: string): Promise<void> {
  if (!isConfigured()) throw new Error(`${container} cannot be removed: there is no Docker engine`);
  const client = await dockerClient();
  try {
    await client.container.getById(container).remove({ force: true, v: true });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** A port on this machine that was free a moment ago: a container that starts again keeps only a chosen port. */
export async function freePort(): Promise<number> {
  const { RandomPortGenerator } = await loadTestcontainers();
  return await new RandomPortGenerator().generatePort();
}

async function dockerClient(): Promise<Testcontainers.ContainerRuntimeClient> {
  const { getContainerRuntimeClient } = await loadTestcontainers();
  return await getContainerRuntimeClient();
}

/** A cheap look before testcontainers is loaded, at the places it would look. */
function isConfigured(): boolean {
  return (
    process.env["DOCKER_HOST"] !== undefined ||
    existsSync(join(homedir(), ".testcontainers.properties")) ||
    process.platform === "win32" ||
    socketPaths().some((path) => existsSync(path))
  );
}

function socketPaths(): readonly string[] {
  const runtimeFolder = process.env["XDG_RUNTIME_DIR"] ?? `/run/user/${process.getuid?.() ?? 0}`;
  return [
    "/var/run/docker.sock",
    join(runtimeFolder, "docker.sock"),
    join(homedir(), ".docker", "run", "docker.sock"),
    join(homedir(), ".docker", "desktop", "docker.sock"),
  ];
}

/** 404: no such container; 409: its removal is already in progress. */
function isGone(error: unknown): boolean {
  return (
    error instanceof Error &&
    "statusCode" in error &&
    (error.statusCode === 404 || error.statusCode === 409)
  );
}
