import { pathToFileURL } from "node:url";
import { z } from "zod";
import type { Twin } from "../source/twin.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";

/**
 * The sound worker with one place broken, which a law must catch: a module whose export `twin` says which lines of the
 * worker are taken out and what stands there instead. `file` is the worker's, from the folder of the bindings on.
 */
export type WorkerTwin = Omit<Twin, "alsoBreaks" | "byPrograms"> &
  Partial<Pick<Twin, "alsoBreaks">>;

const loaded = z.object({
  twin: z.object({
    law: z.string(),
    what: z.string(),
    alsoBreaks: z.array(z.string()).default([]),
    file: z.string(),
    takeOut: z.string().regex(/\S/),
    putIn: z.string(),
  }),
});

/** Loads the module of a worker twin. Throws `TWIN_UNREADABLE` if it exports no such thing. */
export async function loadWorkerTwin(file: string): Promise<Twin> {
  const { data, error } = loaded.safeParse(
    await import(/* @vite-ignore */ pathToFileURL(file).href),
  );
  if (data !== undefined) return { ...data.twin, byPrograms: false };
  throw new RehearsalError("TWIN_UNREADABLE", `${file} exports no worker twin as "twin".`, {
    cause: error,
  });
}
