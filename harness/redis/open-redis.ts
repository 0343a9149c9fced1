import { findDockerEngine } from "../host/docker.ts";
import { findProgram } from "../host/debian-packages.ts";
import type { RunFolder } from "../host/run-folder.ts";
import type { ParsedRedisChoice } from "./choice.ts";
import { openDockerRedis } from "./docker.ts";
import { openExternalRedis } from "./external.ts";
import { type RedisProgram, openLocalRedis } from "./local.ts";
import { unpackRedis } from "./packages.ts";
import type { RedisServer } from "./server.ts";

/**
 * Opens the Redis that was chosen. `auto` takes a server program on the PATH, else a Docker engine that answers, else
 * the distribution's packages; what cannot be had is told with what to do about it, and is no failure. A choice that
 * names one of them and a server that does not start are failures, all with exit code 3 but for a bad URL.
 */
export async function openRedis(
  choice: ParsedRedisChoice,
  run: RunFolder,
  path: string,
): Promise<RedisServer | { readonly unavailable: string }> {
  switch (choice.kind) {
    case "none":
      return { unavailable: "no Redis was wanted. Leave out --redis none to try this law." };
    case "external":
      return await openExternalRedis(choice, run);
    case "docker":
      return await openDockerRedis(choice.image, run);
    case "local": {
      const program = await findLocal(path);
      return program === undefined
        ? { unavailable: `${notOnPath}. ${remedy}` }
        : await openLocalRedis(program, run);
    }
    case "packages": {
      const unpacked = await unpackRedis(path, run);
      return "reason" in unpacked
        ? { unavailable: `${unpacked.reason}. ${remedy}` }
        : await openLocalRedis(unpacked, run);
    }
    default:
      return await openAny(choice.image, run, path);
  }
}

const notOnPath = "neither redis-server nor valkey-server is on the PATH";
const remedy =
  "Install redis-server or valkey-server, start Docker, or name a server with --redis redis://… --external.";

async function openAny(
  image: string,
  run: RunFolder,
  path: string,
): Promise<RedisServer | { readonly unavailable: string }> {
  const local = await findLocal(path);
  if (local !== undefined) return await openLocalRedis(local, run);
  const engine = await findDockerEngine();
  let reason = engine.kind === "unreachable" ? engine.reason : "";
  if (engine.kind === "reachable") {
    try {
      return await openDockerRedis(image, run);
    } catch (error) {
      // The packages may still do: an engine without a way to its images is common.
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  const unpacked = await unpackRedis(path, run);
  if (!("reason" in unpacked)) return await openLocalRedis(unpacked, run);
  return { unavailable: `${notOnPath}; ${reason}; ${unpacked.reason}. ${remedy}` };
}

async function findLocal(path: string): Promise<RedisProgram | undefined> {
  for (const name of ["redis-server", "valkey-server"]) {
    const program = await findProgram(name, path);
    if (program !== undefined) return { kind: "local", program };
  }
  return undefined;
}
