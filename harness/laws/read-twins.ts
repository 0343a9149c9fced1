import { readFile } from "node:fs/promises";
import { globSync } from "node:fs";
import { join } from "node:path";
import { parseTwin } from "../source/twin.ts";
import { breakMigrations, type BrokenRehearsal } from "./break-rehearsal.ts";
import { breakWorker } from "./break-worker.ts";
import type { Rehearsal } from "./rehearsal.ts";
import { loadWorkerTwin } from "./worker-twin.ts";

/** A twin with its place on disk. */
export interface StoredTwin {
  /** From the folder of all twins on: `<law id>/<what is wrong>`, with `.sql` of the migrations and `.ts` of a worker. */
  readonly path: string;
  readonly law: string;
  readonly what: string;
  /** Ids or globs of further laws that cannot be expected to hold on it. */
  readonly alsoBreaks: readonly string[];
  /** Whether the law's programs alone must find it. */
  readonly byPrograms: boolean;
  /** The rehearsal with this one place broken. Fails if the twin no longer applies. */
  break(rehearsal: Rehearsal): Promise<BrokenRehearsal>;
}

/** The twins of a folder, one folder a law in it, in the order of their paths. Throws `TWIN_UNREADABLE`. */
export async function readTwins(folder: string): Promise<StoredTwin[]> {
  const paths = globSync("*/*.{sql,ts}", { cwd: folder }).toSorted();
  return await Promise.all(paths.map((path) => readTwin(folder, path)));
}

async function readTwin(folder: string, path: string): Promise<StoredTwin> {
  const file = join(folder, path);
  const isWorker = path.endsWith(".ts");
  const twin = isWorker
    ? await loadWorkerTwin(file)
    : parseTwin(await readFile(file, "utf8"), file);
  const { law, what, alsoBreaks, byPrograms } = twin;
  const breakIt = isWorker ? breakWorker : breakMigrations;
  return {
    path,
    law,
    what,
    alsoBreaks,
    byPrograms,
    break: (rehearsal) => breakIt(rehearsal, twin),
  };
}
