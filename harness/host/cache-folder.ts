import { randomBytes } from "node:crypto";
import { access, chmod, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import envPaths from "env-paths";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { noteEntry, type RunFolder } from "./run-folder.ts";

/**
 * What is costly to make and the same for every run. For root it is where other users can reach it, since servers run
 * as one of them and root's home is closed.
 */
function cacheRoot(): string {
  return process.getuid?.() === 0
    ? "/var/cache/rehearsal"
    : envPaths("rehearsal", { suffix: "" }).cache;
}

/**
 * The cached folder of a name, made by `fill` if there is none. Two runs that make it at once both succeed, and nobody
 * sees half of one. Fails as `fill` does, and with `NO_CACHE` if the folder cannot be made.
 */
export async function cachedFolder(
  run: RunFolder,
  name: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const root = run.cache ?? cacheRoot();
  const folder = join(root, name);
  if (await exists(folder)) return folder;
  const partial = `${folder}.${randomBytes(4).toString("hex")}.partial`;
  const strikeOut = noteEntry(run, { kind: "folder", path: partial });
  try {
    await makeFolder(root, partial);
    try {
      await fill(partial);
      await rename(partial, folder).catch(async (error: unknown) => {
        if (!(await exists(folder))) throw error;
      });
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  } finally {
    strikeOut();
  }
  return folder;
}

async function makeFolder(root: string, path: string): Promise<void> {
  try {
    await mkdir(root, { recursive: true, mode: 0o755 });
    await mkdir(path);
    // Whatever the umask is: servers may run as another user.
    for (const folder of [root, path]) await chmod(folder, 0o755);
  } catch (cause) {
    throw new RehearsalError(
      "NO_CACHE",
      `The cache folder ${path} could not be made: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        "Nothing was run. Make room or rights for it there.",
      { cause, exitCode: 3 },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
