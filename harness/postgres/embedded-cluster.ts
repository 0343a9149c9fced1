import { createHash } from "node:crypto";
import { appendFile, chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cachedFolder } from "../host/cache-folder.ts";
import type { RunFolder } from "../host/run-folder.ts";
import type { ServerUser } from "../host/server-user.ts";
import { ProgramFailure, runProgram } from "../host/start-process.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { EmbeddedBinaries } from "./embedded-binaries.ts";
import type { Major } from "./postgres-choice.ts";

/** The superuser of servers that the harness starts itself. */
export const adminRole = "rehearsal_admin";

/**
 * Makes a data folder for a new server: initialised once for each version, user and settings, and copied from then on.
 * Fails with `NO_ROOM` on a full disk and `CLUSTER_NOT_MADE` otherwise.
 */
export async function copyCluster(
  run: RunFolder,
  binaries: EmbeddedBinaries,
  major: Major,
  user: ServerUser | undefined,
  to: string,
): Promise<void> {
  const settings = settingsFor(major);
  const recipe = JSON.stringify([binaries.name, initOptions, settings, user?.uid]);
  const hash = createHash("sha256").update(recipe).digest("hex").slice(0, 12);
  try {
    const cached = await cachedFolder(run, `cluster-${major}-${hash}`, async (partial) => {
      const data = join(partial, "data");
      await mkdir(data, { mode: 0o700 });
      if (user !== undefined) await chown(data, user.uid, user.gid);
      await runProgram(run, binaries.initdb, [...initOptions, "--pgdata", data], {
        user,
        env: serverEnvironment,
        cwd: "/",
      });
      await appendFile(join(data, "postgresql.conf"), `\n${settings.join("\n")}\n`);
    });
    await runProgram(run, "cp", ["-R", "-p", join(cached, "data"), to], { user, cwd: "/" });
  } catch (cause) {
    if (cause instanceof RehearsalError) throw cause;
    throw notMade(to, cause);
  }
}

/** Nothing of this process's own environment, such as PGPORT, says how a server runs. */
export const serverEnvironment: Readonly<Record<string, string>> = {
  LC_ALL: "C",
  TZ: "UTC",
  PATH: "/usr/local/bin:/usr/bin:/bin",
};

/** Small segments, since their files are copied for every server. */
const initOptions = [
  `--username=${adminRole}`,
  "--auth=trust",
  "--encoding=UTF8",
  "--locale=C",
  "--no-sync",
  "--wal-segsize=4",
];

/**
 * A throwaway server: nothing is waited for to reach the disk, since a killed server's files are the system's to keep;
 * only a power cut would lose them. Pages are still written whole into the log, for SIGKILL may cut one in two.
 */
function settingsFor(major: Major): readonly string[] {
  return [
    "listen_addresses = ''",
    "unix_socket_permissions = 0700",
    "max_connections = 200",
    "shared_buffers = 32MB",
    // In the data folder, so that it goes with it when the server is killed.
    "dynamic_shared_memory_type = mmap",
    "fsync = off",
    "checkpoint_timeout = 1h",
    "min_wal_size = 64MB",
    // It may stand in memory.
    "max_wal_size = 256MB",
    "autovacuum = off",
    "max_logical_replication_workers = 0",
    "jit = off",
    // A deadlock is an answer that trials wait for.
    "deadlock_timeout = 10ms",
    "timezone = 'UTC'",
    "log_timezone = 'UTC'",
    ...(major >= 18 ? ["io_method = sync"] : []),
  ];
}

function notMade(folder: string, cause: unknown): RehearsalError {
  const detail = cause instanceof ProgramFailure ? cause.stderr.trim() : String(cause);
  if (/No space left on device|ENOSPC|Disk quota exceeded/u.test(detail)) {
    return new RehearsalError(
      "NO_ROOM",
      `The disk is full: the data folder of a server (about 40 MB) could not be made at ${folder}. ` +
        "Nothing was run. Make room there, or name another folder with TMPDIR.",
      { cause, exitCode: 3 },
    );
  }
  return new RehearsalError(
    "CLUSTER_NOT_MADE",
    `The data folder of a server could not be made at ${folder}: ${detail}. Nothing was run. ` +
      "If this machine cannot run the embedded PostgreSQL, use --postgres docker or a URL with --external.",
    { cause, exitCode: 3 },
  );
}
