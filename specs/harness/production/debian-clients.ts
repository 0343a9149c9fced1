import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { cachedFolder } from "../../../harness/host/cache-folder.ts";
import {
  findProgram,
  libraryFolders,
  unpackDebianPackages,
} from "../../../harness/host/debian-packages.ts";
import type { RunFolder } from "../../../harness/host/run-folder.ts";
import { runProgram } from "../../../harness/host/start-process.ts";
import { readEnvironment } from "../../../harness/verify/environment.ts";

/** PostgreSQL's own client programs: the machine's, else Debian's unpacked into the cache. */
export interface Clients {
  readonly major: number;
  /** For the `PATH` and the libraries of whoever runs them. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Says why if there are none to be had. */
export async function findClients(run: RunFolder): Promise<Clients | { readonly reason: string }> {
  const { path } = readEnvironment();
  const found = await environmentWithClients(run, path);
  if ("reason" in found) return found;
  const { environment } = found;
  const program = await findProgram("psql", environment["PATH"] ?? "");
  if (program === undefined) return { reason: "there is no psql in postgresql-client" };
  const version = await runProgram(run, program, ["--version"], { env: environment });
  return { major: Number(/\(PostgreSQL\) (\d+)/.exec(version)?.[1]), environment };
}

async function environmentWithClients(
  run: RunFolder,
  path: string,
): Promise<Pick<Clients, "environment"> | { readonly reason: string }> {
  if ((await findProgram("psql", path)) !== undefined) return { environment: { PATH: path } };
  let reason = "";
  const folder = await cachedFolder(run, `postgresql-client-${process.arch}`, async (partial) => {
    const unpacked = await unpackDebianPackages(["postgresql-client"], partial, { path });
    if (unpacked.kind === "unavailable") {
      reason = unpacked.reason;
      throw new Error(reason);
    }
  }).catch((error: unknown) => {
    if (reason === "") throw error;
    return undefined;
  });
  if (folder === undefined) return { reason };
  const libraries = await libraryFolders(folder);
  // The programs of a major lie in a folder of its own; what stands in usr/bin needs perl to find them.
  const majors = await readdir(join(folder, "usr/lib/postgresql"));
  const programs = majors.map((major) => join(folder, "usr/lib/postgresql", major, "bin"));
  const environment = {
    PATH: [...programs, path].join(":"),
    LD_LIBRARY_PATH: libraries.join(":"),
  };
  return { environment };
}
