import type { TestProject } from "vitest/node";
import { readEnvironment } from "../harness/verify/environment.ts";
import { openRehearsal } from "../harness/verify/open-rehearsal.ts";
import { parseSettings } from "../harness/verify/settings.ts";

/**
 * Opens the servers and templates that the specs share, with the bindings of `fixtures/m10`. A run of `pnpm verify`
 * brings its own, and then there is nothing to open.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (Object.hasOwn(project.getProvidedContext(), "rehearsal")) return undefined;
  const settings = parseSettings({ bindings: "fixtures/m10/binding.ts" });
  const rehearsal = await openRehearsal(settings, readEnvironment());
  project.provide("rehearsal", rehearsal.data);
  return async () => await rehearsal[Symbol.asyncDispose]();
}
