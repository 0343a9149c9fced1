import { join } from "node:path";
import { cachedFolder } from "../host/cache-folder.ts";
import { libraryFolders, unpackDebianPackages } from "../host/debian-packages.ts";
import type { RunFolder } from "../host/run-folder.ts";
import type { RedisProgram } from "./local.ts";

/** Redis from the distribution's packages, unpacked into the cache; says why if there is none to be had. */
export async function unpackRedis(
  path: string,
  run: RunFolder,
): Promise<RedisProgram | { readonly reason: string }> {
  try {
    const folder = await cachedFolder(run, `redis-${process.arch}`, async (partial) => {
      const unpacked = await unpackDebianPackages(["redis-server"], partial, { path });
      if (unpacked.kind === "unavailable") throw new Unavailable(unpacked.reason);
    });
    const program = join(folder, "usr", "bin", "redis-server");
    return { kind: "packages", program, libraries: await libraryFolders(folder) };
  } catch (error) {
    if (error instanceof Unavailable) return { reason: error.message };
    throw error;
  }
}

class Unavailable extends Error {
  override readonly name = "Unavailable";
}
