import { z } from "zod";
import { readCatalogIn } from "../../catalog/read-catalog.ts";
import { spoken } from "../../migrations/ledger.ts";
import { downOf } from "../../migrations/move.ts";
import type { MoveOptions } from "../../migrations/run-move.ts";
import { revertRevision } from "../../migrations/revert-revision.ts";
import { type Query, sql } from "../../postgres/query.ts";
import type { Session } from "../../postgres/session.ts";
import type { ProductionRecord } from "../../report/production-record.ts";
import type { Environment } from "../../verify/environment.ts";
import type { Run } from "../../verify/open-run.ts";
import type { Output } from "../../verify/output.ts";
import { carryOut } from "./carry-out.ts";
import type { Checks } from "../checks.ts";
import { demandConfirmed } from "./confirm.ts";
import { atRevision } from "../at-revision.ts";
import { checkDrift, findDrift } from "../drift.ts";
import { type Errand, readErrand } from "../errand.ts";
import { look, lookSettings, type Looker } from "../look.ts";
import { inPause } from "./pause.ts";
import { planOf } from "./plan.ts";
import { findHolders } from "../preflight/lock-holders.ts";
import { type Finding, go, noGo, noted } from "../finding.ts";
import { usualLimits } from "../preflight/preflight-check.ts";
import { orUnknown } from "../finding.ts";
import { recorded } from "../recorded.ts";
import { rehearse, type Rehearsed } from "../rehearse.ts";
import type { RollbackSettings } from "../settings.ts";

/**
 * The whole of `pnpm rollback`: says what down would destroy, goes on only where nothing would be lost or somebody wants
 * it lost, runs down, and compares the catalog with the rehearsed baseline. Keeps a record.
 */
export async function rollback(
  settings: RollbackSettings,
  environment: Environment,
  output: Output,
): Promise<ProductionRecord> {
  const startedAt = new Date();
  const errand = await readErrand(settings, environment);
  demandConfirmed(errand.target, settings.confirm);
  const order = {
    errand,
    command: "rollback",
    question: "roll it back",
    startedAt,
    output,
  } as const;
  return await recorded({ ...order, changes: true }, (run, checks) =>
    work(run, errand, settings, checks, output),
  );
}

async function work(
  run: Run,
  errand: Errand,
  settings: RollbackSettings,
  checks: Checks,
  output: Output,
): Promise<Record<string, string>> {
  const { revision } = errand.selection;
  output.progress(output.palette.faint("rehearsing on a server of the same major"));
  const rehearsed = await rehearse(run, { ...errand, major: errand.target.major });
  await lookBefore(errand, rehearsed, settings.allowDataLoss, checks);
  const move = downOf(revision);
  const plan = { "plan sha256": planOf(errand, move, settings.lockTimeout).hash };
  if (checks.stop()) return plan;
  return await inPause(run, settings, checks, async () => {
    const consent = errand.production?.allowDataLoss;
    const order = {
      errand,
      move,
      make: (session: Session, options: MoveOptions) => revertRevision(session, revision, options),
      settings:
        settings.allowDataLoss && consent !== undefined ? { [consent.setting]: consent.value } : {},
      limits: settings,
    };
    const { finding, facts } = await carryOut(run, order, output);
    checks.add("rollback", finding);
    if (finding.verdict === "go") checks.add("catalog", await compared(errand, rehearsed));
    return { ...plan, ...facts };
  });
}

/** What must be so before anything is destroyed. */
async function lookBefore(
  errand: Errand,
  rehearsed: Rehearsed,
  allowDataLoss: boolean,
  checks: Checks,
): Promise<void> {
  await using session = await errand.target.connect("rollback", lookSettings);
  const find = async (name: string, asks: (looker: Looker) => Promise<Finding>): Promise<void> =>
    checks.add(name, await orUnknown(() => look(session, asks)));
  await find("ledger", (looker) => atRevision(looker, errand.selection.revision));
  if (checks.stop()) return;
  await find("guard", async (looker) =>
    guardFinding(await countLosses(looker, errand, rehearsed), allowDataLoss),
  );
  await find("lock holders", (looker) =>
    findHolders(looker, rehearsed.down, usualLimits.lockSeconds),
  );
}

interface Count {
  readonly name: string;
  readonly count: number;
}

/** As the bindings count it; without them every row of a table that goes is a loss. */
async function countLosses(
  looker: Looker,
  { production }: Errand,
  { baseline, target }: Rehearsed,
): Promise<readonly Count[]> {
  if (production !== undefined) {
    const counts: Count[] = [];
    for (const { name, count } of production.losses)
      counts.push({ name, ...(await looker.one(count)) });
    return counts;
  }
  const stays = new Set(baseline.objects.map(({ name }) => name));
  const goes = target.objects.filter(({ kind, name }) => kind === "table" && !stays.has(name));
  const counts: Count[] = [];
  for (const { name } of goes) {
    const table = name.slice("table ".length);
    counts.push({ name: `rows of ${table}`, ...(await looker.one(rowsOf(table))) });
  }
  return counts;
}

/** The name comes from the catalog, quoted as SQL has it. */
function rowsOf(table: string): Query<{ count: number }> {
  const text = `select count(*)::int8 as count from ${table}`;
  return sql.type(z.object({ count: z.number() }))(
    Object.assign([text], { raw: Object.freeze([text]) }),
  );
}

function guardFinding(counts: readonly Count[], allowDataLoss: boolean): Finding {
  const lost = counts.filter(({ count }) => count > 0).map(({ name, count }) => `${count} ${name}`);
  if (lost.length === 0) return go("nothing would be lost that only its tables hold");
  if (allowDataLoss) return noted(`lost, as --allow-data-loss says: ${lost.join(", ")}`);
  return noGo(
    `${lost.join(", ")} would be lost: deliver, copy or release them first, or lose them with --allow-data-loss`,
  );
}

async function compared({ target, selection }: Errand, rehearsed: Rehearsed): Promise<Finding> {
  await using session = await target.connect("rollback", lookSettings);
  return await orUnknown(() =>
    look(session, async (looker) => {
      const drift = findDrift(rehearsed, "baseline", await readCatalogIn(looker));
      return checkDrift(drift, spoken(selection.revision.previousId));
    }),
  );
}
