import { readCatalogIn } from "../../catalog/read-catalog.ts";
import type { ProductionRecord } from "../../report/production-record.ts";
import type { Environment } from "../../verify/environment.ts";
import type { Output } from "../../verify/output.ts";
import { atRevision } from "../at-revision.ts";
import { checkDrift, findDrift } from "../drift.ts";
import { type Errand, readErrand } from "../errand.ts";
import { checkHealth } from "./check-health.ts";
import type { Checks } from "../checks.ts";
import { look, lookSettings, type Looker } from "../look.ts";
import { type Finding, orUnknown } from "../finding.ts";
import { probeFunctions } from "./probe-functions.ts";
import { recorded } from "../recorded.ts";
import { rehearse } from "../rehearse.ts";
import type { PostflightSettings } from "../settings.ts";
import { findTarget, type Target } from "../target.ts";

/**
 * The whole of `pnpm postflight`: says whether what was rehearsed is there, calls every function as the application does,
 * and keeps a record. It commits nothing: rows and catalog are as before, but for counters.
 */
export async function postflight(
  settings: PostflightSettings,
  environment: Environment,
  output: Output,
): Promise<ProductionRecord> {
  const startedAt = new Date();
  const errand = await readErrand(settings, environment);
  const caller =
    settings.appUrl === undefined
      ? errand.target
      : await findTarget(settings.appUrl, settings.appPasswordFile, environment);
  const question = "is it there and does it work";
  const order = { errand, command: "postflight", question, startedAt, output } as const;
  return await recorded({ ...order, changes: false }, async (run, checks) => {
    output.progress(output.palette.faint("rehearsing on a server of the same major"));
    const rehearsed = await rehearse(run, { ...errand, major: errand.target.major });
    await using session = await errand.target.connect("postflight", lookSettings);
    const find = async (name: string, work: (looker: Looker) => Promise<Finding>) =>
      checks.add(name, await orUnknown(() => look(session, work)));
    await find("ledger", (looker) => atRevision(looker, errand.selection.revision));
    await find("catalog", async (looker) => {
      const drift = findDrift(rehearsed, "target", await readCatalogIn(looker));
      return checkDrift(drift, errand.selection.revision.id);
    });
    await callFunctions(errand, caller, checks);
    if (settings.health !== undefined) checks.add("health", await checkHealth(settings.health));
    return {};
  });
}

async function callFunctions(errand: Errand, caller: Target, checks: Checks): Promise<void> {
  for (const [name, finding] of await probeFunctions(errand, caller)) checks.add(name, finding);
}
