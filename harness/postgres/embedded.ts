import { watch } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { endProcess, killTree } from "../host/end-run.ts";
import type { RunFolder } from "../host/run-folder.ts";
import { makeServerFolder } from "../host/server-folder.ts";
import { type ServerUser, serverUser } from "../host/server-user.ts";
import { runProgram, type ServerProcess, startServerProcess } from "../host/start-process.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { type EmbeddedBinaries, findEmbeddedBinaries } from "./embedded-binaries.ts";
import { adminRole, copyCluster, serverEnvironment } from "./embedded-cluster.ts";
import type { Major } from "./postgres-choice.ts";
import { readVersion } from "./read-version.ts";
import type { PostgresServer, ServerAddress } from "./server.ts";

/**
 * Starts a server of its own on a Unix socket in the run's folder. Fails with `SOCKET_PATH_TOO_LONG`,
 * `SERVER_NOT_STARTED`, and as finding the programs and making the data folder do; then nothing of it stays.
 */
export async function openEmbedded(run: RunFolder, major: Major): Promise<PostgresServer> {
  const user = serverUser();
  const binaries = await findEmbeddedBinaries(run, major, user);
  await using opening = new AsyncDisposableStack();
  const folder = await makeServerFolder(run, user);
  opening.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  demandShortSocketPath(join(folder, socketName));
  await copyCluster(run, binaries, major, user, join(folder, "data"));
  const place: Place = { run, binaries, user, folder };
  let server: ServerProcess | undefined = await startServer(place);
  opening.defer(async () => {
    if (server === undefined) return;
    await endProcess(server);
    await server.farewell();
  });
  const address: Omit<ServerAddress, "version" | "versionNum"> = {
    kind: "embedded",
    host: folder,
    port,
    adminRole,
    adminDatabase: "postgres",
  };
  const version = await readVersion(address);
  const opened = opening.move();
  return {
    address: { ...address, ...version },
    async kill() {
      if (server === undefined) return;
      const killed = server;
      server = undefined;
      await killTree(killed);
      // It is gone before this process is told so, and only then is it struck out of the run's notes.
      await killed.farewell();
      await clearAfterKill(place);
    },
    async start() {
      server ??= await startServer(place);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

interface Place {
  readonly run: RunFolder;
  readonly binaries: EmbeddedBinaries;
  readonly user: ServerUser | undefined;
  /** Holds the data folder, the socket and the log. */
  readonly folder: string;
}

/** Every server has a folder of its own, so all can have the same port. */
const port = 5432;
const socketName = `.s.PGSQL.${port}`;

/** What a socket's path may have, in bytes; the system cuts or refuses longer ones. */
const longestSocketPath = process.platform === "darwin" ? 103 : 107;

function demandShortSocketPath(path: string): void {
  const length = Buffer.byteLength(path);
  if (length <= longestSocketPath) return;
  throw new RehearsalError(
    "SOCKET_PATH_TOO_LONG",
    `The path of the server's socket, ${path}, is ${length} bytes long, and the system takes ${longestSocketPath}. ` +
      "Nothing was run. Name a shorter temporary folder with TMPDIR.",
    { exitCode: 3 },
  );
}

async function startServer(place: Place): Promise<ServerProcess> {
  const { run, binaries, user, folder } = place;
  const args = ["-D", join(folder, "data"), "-k", folder, "-p", String(port)];
  const logFile = join(folder, "log");
  const server = await startServerProcess(run, binaries.postgres, args, {
    logFile,
    ask: "SIGQUIT",
    user,
    env: serverEnvironment,
    cwd: "/",
  });
  const how = await comesUp(folder, server);
  if (how === "ready") return server;
  await endProcess(server);
  throw await notStarted(place, how);
}

/** The server writes its state into its folder: it is read again each time that something changes there. */
async function comesUp(folder: string, server: ServerProcess): Promise<string> {
  const how = Promise.withResolvers<string>();
  const look = async (): Promise<void> => {
    try {
      if (await isReady(folder)) how.resolve("ready");
    } catch (error) {
      how.reject(error);
    }
  };
  const watcher = watch(join(folder, "data"), () => void look());
  watcher.on("error", how.reject);
  const deadline = setTimeout(() => how.resolve("it does not get ready"), startTimeoutMs);
  try {
    void look();
    return await Promise.race([how.promise, server.ended.then(() => "it ended")]);
  } finally {
    watcher.close();
    clearTimeout(deadline);
  }
}

/** Also covers the recovery after a kill on a slow disk. */
const startTimeoutMs = 60_000;

/** The eighth line of `postmaster.pid` is the server's state (since PostgreSQL 10). */
async function isReady(folder: string): Promise<boolean> {
  return (await readPidFile(folder))[7]?.trim() === "ready";
}

async function readPidFile(folder: string): Promise<readonly string[]> {
  try {
    return (await readFile(join(folder, "data/postmaster.pid"), "utf8")).split("\n");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/**
 * A killed server leaves the number of its process, which the system may give to another one before the next start, and
 * a few bytes of shared memory, which no folder's removal would free.
 */
async function clearAfterKill({ run, folder, user }: Place): Promise<void> {
  const [, sharedMemory] = (await readPidFile(folder))[6]?.trim().split(/\s+/u) ?? [];
  if (sharedMemory !== undefined) {
    await runProgram(run, "ipcrm", ["-m", sharedMemory], { user, cwd: "/" });
  }
  for (const name of ["data/postmaster.pid", socketName, `${socketName}.lock`]) {
    await rm(join(folder, name), { force: true });
  }
}

async function notStarted({ folder, binaries }: Place, how: string): Promise<RehearsalError> {
  const log = (await readFile(join(folder, "log"), "utf8")).trim().split("\n").slice(-5).join("\n");
  if (/No space left on device/u.test(log)) {
    return new RehearsalError(
      "NO_ROOM",
      `The disk is full: PostgreSQL could not be started in ${folder}. Nothing was run. ` +
        `Make room there, or name another folder with TMPDIR. It says:\n${log}`,
      { exitCode: 3 },
    );
  }
  return new RehearsalError(
    "SERVER_NOT_STARTED",
    `PostgreSQL (${binaries.name}) could not be started in ${folder}: ${how}. Nothing was run. It says:\n${log}`,
    { exitCode: 3 },
  );
}
