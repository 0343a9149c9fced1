import { type Errand, readErrand } from "../../../harness/production/errand.ts";
import {
  parseProductionSettings,
  preflightSettings,
} from "../../../harness/production/settings.ts";
import { readEnvironment } from "../../../harness/verify/environment.ts";

/** The errand of bringing 022 to a database. */
export async function openErrand(url: string, more: Record<string, unknown> = {}): Promise<Errand> {
  const given = { url, bindings: "fixtures/m10/binding.ts", ...more };
  const settings = parseProductionSettings(preflightSettings, "preflight", given);
  return await readErrand(settings, readEnvironment());
}
