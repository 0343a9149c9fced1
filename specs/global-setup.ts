import type { TestProject } from "vitest/node";
import { readEnvironment } from "../harness/verify/environment.ts";
import { openRehearsal } from "../harness/verify/open-rehearsal.ts";
import { openRun } from "../harness/verify/open-run.ts";
import { readInput } from "../harness/verify/read-input.ts";
import { parseSettings } from "../harness/verify/settings.ts";

/**
 * Opens the servers and templates that the specs share, with the bindings of `fixtures/m10`. A run of `pnpm verify`
 * brings its own, and then there is nothing to open.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (Object.hasOwn(project.getProvidedContext(), "rehearsal")) return undefined;
  const environment = readEnvironment();
  const settings = parseSettings({ bindings: "fixtures/m10/binding.ts" });
  await using opening = new AsyncDisposableStack();
  const run = opening.use(await openRun());
  const input = await readInput(settings, environment);
  const rehearsal = opening.use(await openRehearsal({ run, settings, environment, input }));
  project.provide("rehearsal", rehearsal.data);
  const opened = opening.move();
  return async () => await opened.disposeAsync();
}
