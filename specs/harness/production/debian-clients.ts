import { mkdir, readdir, writeFile } from "node:fs/promises";
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
  /** A `PATH` with them on it. */
  readonly path: string;
}

/** Says why if there are none to be had. */
export async function findClients(run: RunFolder): Promise<Clients | { readonly reason: string }> {
  const { path } = readEnvironment();
  const found = await pathWithClients(run, path);
  if ("reason" in found) return found;
  const program = await findProgram("psql", found.path);
  if (program === undefined) return { reason: "there is no psql in postgresql-client" };
  const version = await runProgram(run, program, ["--version"], { env: { PATH: found.path } });
  return { ...found, major: Number(/\(PostgreSQL\) (\d+)/.exec(version)?.[1]) };
}

async function pathWithClients(
  run: RunFolder,
  path: string,
): Promise<Pick<Clients, "path"> | { readonly reason: string }> {
  if ((await findProgram("psql", path)) !== undefined) return { path };
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
  // The programs of a major lie in a folder of its own; what stands in usr/bin needs perl to find them.
  const [major = ""] = await readdir(join(folder, "usr/lib/postgresql"));
  const programs = join(folder, "usr/lib/postgresql", major, "bin");
  const libraries = (await libraryFolders(folder)).join(":");
  const wrapped = join(run.path, "clients");
  await mkdir(wrapped, { recursive: true });
  for (const name of ["psql", "pg_dump", "pg_restore"])
    await writeFile(
      join(wrapped, name),
      `#!/bin/sh\nLD_LIBRARY_PATH=${libraries} exec ${join(programs, name)} "$@"\n`,
      { mode: 0o755 },
    );
  return { path: `${wrapped}:${path}` };
}
