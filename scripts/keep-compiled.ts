import { existsSync, readdirSync, rmSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Keeps what Node compiles beside the installed packages, for this process and its workers: every start but the first
 * is half a second faster. Only what is imported afterwards counts, so import the rest when this has been called.
 */
export function keepCompiled(): void {
  const folder = fileURLToPath(new URL("../node_modules/.cache/rehearsal", import.meta.url));
  if (countFiles(folder) > mostFiles) rmSync(folder, { recursive: true, force: true });
  enableCompileCache(folder);
  // Workers know of it by this alone.
  process.env["NODE_COMPILE_CACHE"] = folder;
}

/**
 * Specs are imported under a new name each time, so what is kept of them is never used again and would grow for ever. It
 * takes a few hundred runs to come to that, and some 100 MB: the run that empties it begins and ends a second later.
 */
const mostFiles = 20_000;

function countFiles(folder: string): number {
  if (!existsSync(folder)) return 0;
  // A folder for each version of Node; what is below is flat.
  return readdirSync(folder).reduce((sum, each) => sum + readdirSync(join(folder, each)).length, 0);
}
