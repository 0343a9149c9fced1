import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";

/**
 * Where the folder of a new run is made: in memory where there is plenty of it and nobody named a temporary folder,
 * else in the system's temporary folder. Servers start and clone several times as fast in memory.
 */
export function runRoot(): string {
  return tmpdir() === usualTemporary && hasRoomInMemory() ? memory : tmpdir();
}

/** Where folders of runs may stand, whoever made them. */
export function runRoots(): readonly string[] {
  const memoryIsThere = tmpdir() === usualTemporary && existsSync(memory);
  return memoryIsThere ? [tmpdir(), memory] : [tmpdir()];
}

/** What Linux mounts as a file system in memory; containers often have 64 MB of it. */
const memory = "/dev/shm";
/** What Node answers when nobody named another. */
const usualTemporary = "/tmp";
/** A run with its servers needs some 300 MB; the machine needs its memory for other things, too. */
const wantedBytes = 2 * 2 ** 30;

function hasRoomInMemory(): boolean {
  if (process.platform !== "linux" || process.availableMemory() < wantedBytes) return false;
  try {
    accessSync(memory, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= wantedBytes;
  } catch (error) {
    // No such file system, or none for us.
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}
