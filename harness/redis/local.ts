import { rm } from "node:fs/promises";
import { join } from "node:path";
import { endProcess, killTree } from "../host/end-run.ts";
import type { RunFolder } from "../host/run-folder.ts";
import { makeServerFolder } from "../host/server-folder.ts";
import { type ServerProcess, startServerProcess } from "../host/start-process.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { askRedis } from "./ask-redis.ts";
import type { RedisServer } from "./server.ts";

/** A server program of this machine, or one that was unpacked, with the libraries that it needs then. */
export interface RedisProgram {
  readonly kind: "local" | "packages";
  readonly program: string;
  readonly libraries?: readonly string[];
}

/**
 * Starts the program in the run's folder, on a Unix socket: append-only file on and synced with every command,
 * `noeviction`. Disposing it ends the server and deletes its files. Fails with `REDIS_NOT_STARTED`.
 */
export async function openLocalRedis(
  { kind, program, libraries = [] }: RedisProgram,
  run: RunFolder,
): Promise<RedisServer> {
  const folder = await makeServerFolder(run, undefined);
  const url = `unix://${folder}/redis.sock`;
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  const launch = async (): Promise<ServerProcess> =>
    await startServerProcess(run, program, settingsFor(folder), {
      logFile: join(folder, "log"),
      cwd: folder,
      ...(libraries.length === 0 ? {} : { env: { LD_LIBRARY_PATH: libraries.join(":") } }),
    });
  let server: ServerProcess;
  try {
    server = await launch();
    const { product, version } = await answers(url, server);
    return {
      address: { kind, url, product, version, keyPrefix: `rehearsal:${run.runId}:` },
      async kill() {
        await killTree(server);
        // It is gone before this process is told so, and only then is it struck out of the run's notes.
        await server.farewell();
      },
      async start() {
        server = await launch();
        await answers(url, server);
      },
      async [Symbol.asyncDispose]() {
        await endProcess(server);
        await server.farewell();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

function settingsFor(folder: string): string[] {
  const settings = {
    port: "0",
    unixsocket: join(folder, "redis.sock"),
    unixsocketperm: "700",
    dir: folder,
    appendonly: "yes",
    appendfsync: "always",
    save: "",
    "maxmemory-policy": "noeviction",
    daemonize: "no",
    loglevel: "warning",
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

async function answers(url: string, server: ServerProcess) {
  const answer = await askRedis({ url }, server.ended);
  if (answer !== undefined) return answer;
  await endProcess(server);
  throw new RehearsalError(
    "REDIS_NOT_STARTED",
    `The Redis server that was started at ${url} ended or did not answer. Nothing was run. ` +
      "Try another one with --redis docker, --redis packages or a redis:// URL.",
    { exitCode: 3 },
  );
}
