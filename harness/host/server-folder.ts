import { randomBytes } from "node:crypto";
import { chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { RunFolder } from "./run-folder.ts";
import type { ServerUser } from "./server-user.ts";

/** A new folder of a server's own in the run's folder, closed to everybody but the user it runs as. */
export async function makeServerFolder(
  run: RunFolder,
  user: ServerUser | undefined,
): Promise<string> {
  const path = join(run.path, randomBytes(2).toString("hex"));
  await mkdir(path, { mode: 0o700 });
  if (user !== undefined) await chown(path, user.uid, user.gid);
  return path;
}
