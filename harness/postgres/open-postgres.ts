import type { RunFolder } from "../host/run-folder.ts";
import { openDocker } from "./docker.ts";
import { openEmbedded } from "./embedded.ts";
import { openExternal } from "./external.ts";
import type { ParsedPostgresChoice } from "./postgres-choice.ts";
import type { PostgresServer } from "./server.ts";

/**
 * Opens the server that was chosen, for a run or for one law of it. Fails with a `RehearsalError` that says what to do;
 * then nothing of it stays.
 */
export async function openPostgres(
  choice: ParsedPostgresChoice,
  run: RunFolder,
): Promise<PostgresServer> {
  if (choice.kind === "embedded") return await openEmbedded(run, choice.major);
  if (choice.kind === "docker") return await openDocker(run, choice.image);
  return await openExternal(run, choice.url, choice.password);
}
