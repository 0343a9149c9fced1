import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { RunFolder } from "../host/run-folder.ts";
import { openPostgres } from "../postgres/open-postgres.ts";
import { parsePostgresChoice } from "../postgres/postgres-choice.ts";
import { repeat, timed } from "./repeat.ts";
import type { Take } from "./workbench.ts";

export const takeColdServer: Take = async (runs, { folder }) => ({
  values: await repeat(runs, () => timeColdServer(folder)),
});

export const takeWarmServer: Take = async (runs, { folder }) => {
  // The first one fills the cache if need be.
  await timeWarmServer(folder);
  return { values: await repeat(runs, () => timeWarmServer(folder)) };
};

/** From nothing cached to a server that has answered, milliseconds: the programs are installed, nothing is initialised. */
async function timeColdServer(run: RunFolder): Promise<number> {
  const cache = join(run.path, `cache-${randomBytes(4).toString("hex")}`);
  try {
    return await timeWarmServer({ ...run, cache });
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

/** From what the cache holds to a server that has answered, milliseconds. Its end is not counted. */
async function timeWarmServer(run: RunFolder): Promise<number> {
  await using opened = new AsyncDisposableStack();
  return await timed(async () => opened.use(await openPostgres(embedded, run)));
}

const embedded = parsePostgresChoice("embedded", { external: false });
