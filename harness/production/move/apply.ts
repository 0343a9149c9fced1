import { applyRevision } from "../../migrations/apply-revision.ts";
import { upOf } from "../../migrations/move.ts";
import type { ProductionRecord } from "../../report/production-record.ts";
import type { Environment } from "../../verify/environment.ts";
import type { Run } from "../../verify/open-run.ts";
import type { Output } from "../../verify/output.ts";
import { carryOut } from "./carry-out.ts";
import type { Checks } from "../checks.ts";
import { demandConfirmed } from "./confirm.ts";
import { type Errand, readErrand } from "../errand.ts";
import { planOf } from "./plan.ts";
import { inPause } from "./pause.ts";
import { checkPreflight, checkRehearsal } from "./rehearsal-gate.ts";
import type { ApplySettings } from "../settings.ts";
import { recorded } from "../recorded.ts";

/**
 * The whole of `pnpm apply`: brings a database from the revision before to the revision, if it was rehearsed and looked
 * over, and keeps a record of it, also when a signal ends it. The database is at one or the other afterwards.
 */
export async function apply(
  settings: ApplySettings,
  environment: Environment,
  output: Output,
): Promise<ProductionRecord> {
  const startedAt = new Date();
  const errand = await readErrand(settings, environment);
  demandConfirmed(errand.target, settings.confirm);
  const order = { errand, command: "apply", question: "apply", startedAt, output } as const;
  return await recorded({ ...order, changes: true }, (run, checks) =>
    work(run, errand, settings, checks, output),
  );
}

async function work(
  run: Run,
  errand: Errand,
  settings: ApplySettings,
  checks: Checks,
  output: Output,
): Promise<Record<string, string>> {
  const { rehearsal, withoutRehearsal, lockTimeout } = settings;
  const { revision } = errand.selection;
  const move = upOf(revision);
  const plan = { "plan sha256": planOf(errand, move, lockTimeout).hash };
  checks.add("rehearsal", await checkRehearsal(rehearsal, withoutRehearsal, errand));
  checks.add("preflight", await checkPreflight(errand, new Date()));
  if (checks.stop()) return plan;
  return await inPause(run, settings, checks, async () => {
    const { finding, facts } = await carryOut(
      run,
      {
        errand,
        move,
        make: (session, options) => applyRevision(session, revision, options),
        settings: {},
        limits: settings,
      },
      output,
    );
    checks.add("apply", finding);
    return { ...plan, ...facts };
  });
}
