import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { patchSource } from "../source/patch.ts";
import type { Twin } from "../source/twin.ts";
import type { BrokenRehearsal } from "./break-rehearsal.ts";
import type { Rehearsal } from "./rehearsal.ts";

/**
 * The rehearsal with one place of a worker broken: its bindings come from a copy of their folder in a project of the
 * run's own, where all else is linked to the sound one. Fails with `PATCH_DOES_NOT_APPLY` if the lines are not there
 * once. Loads the same in every thread, since it is files.
 */
export async function breakWorker(rehearsal: Rehearsal, twin: Twin): Promise<BrokenRehearsal> {
  const { bindings, howToOpen } = rehearsal;
  const way = bindings === undefined ? "" : relative(project, dirname(bindings));
  if (bindings === undefined || way === "" || way.startsWith(".."))
    throw new Error("Only workers that are bound in a folder of this project can be broken.");

  await using making = new AsyncDisposableStack();
  const root = await mkdtemp(join(howToOpen.run.path, "twin-"));
  making.defer(() => rm(root, { recursive: true }));
  await linkAllBut(way.split(sep), root);
  const folder = join(root, way);
  await cp(join(project, way), folder, { recursive: true });
  const worker = join(folder, twin.file);
  const patch = { find: twin.takeOut, replace: twin.putIn };
  await writeFile(worker, patchSource(await readFile(worker, "utf8"), patch, twin.file));
  const made = making.move();
  return {
    rehearsal: { ...rehearsal, bindings: join(root, relative(project, bindings)) },
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

const project = fileURLToPath(new URL("../..", import.meta.url));

/** Links what stands beside each folder on the way, so that imports find what they found. */
async function linkAllBut(way: readonly string[], root: string): Promise<void> {
  for (const [depth, name] of way.entries()) {
    const here = join(...way.slice(0, depth), ".");
    await mkdir(join(root, here), { recursive: true });
    for (const entry of await readdir(join(project, here))) {
      if (entry !== name) await symlink(join(project, here, entry), join(root, here, entry));
    }
  }
}
