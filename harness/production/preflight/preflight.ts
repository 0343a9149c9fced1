import { z } from "zod";
import { readCatalogIn } from "../../catalog/read-catalog.ts";
import { sql } from "../../postgres/query.ts";
import type { Session } from "../../postgres/session.ts";
import type { Check, ProductionRecord } from "../../report/production-record.ts";
import { renderCheck } from "../../report/render-checks.ts";
import type { Environment } from "../../verify/environment.ts";
import { inRun, type Run } from "../../verify/open-run.ts";
import type { Output } from "../../verify/output.ts";
import { passwordIn } from "../../verify/read-password.ts";
import { checkDrift, findDrift } from "../drift.ts";
import { type Errand, readErrand } from "../errand.ts";
import { keepRecord, prepareRecords } from "../keep-record.ts";
import { look, lookSettings } from "../look.ts";
import { rehearse } from "../rehearse.ts";
import type { PreflightSettings } from "../settings.ts";
import { tellEnd, tellHead } from "../tell.ts";
import { takeBackup } from "./backup.ts";
import { ledgerPlace } from "./ledger-place.ts";
import { lockHolders, tableSizes } from "./lock-holders.ts";
import { neededRoles } from "./needed-roles.ts";
import { newSchemas } from "./new-schemas.ts";
import { oldTransactions } from "./old-transactions.ts";
import type { PreflightCheck, PreflightContext } from "./preflight-check.ts";
import { checkRedis } from "./redis.ts";
import { replication } from "./replication.ts";
import { room } from "./room.ts";
import { runChecks } from "./run-checks.ts";
import { serverAlike } from "./server-alike.ts";
import { workers } from "./workers.ts";

/**
 * The whole of `pnpm preflight`: looks at a database, changes nothing there, tells whether the revision may come, and
 * keeps a record. A `RehearsalError` says what could not even be begun.
 */
export async function preflight(
  settings: PreflightSettings,
  environment: Environment,
  output: Output,
): Promise<ProductionRecord> {
  const startedAt = new Date();
  const errand = await readErrand(settings, environment);
  await prepareRecords(errand.records);
  tellHead(output, errand, "may it come");
  return await inRun(async (run) => {
    const { checks, facts } = await lookOver(run, errand, settings, environment, output, startedAt);
    const { record, file } = await keepRecord(errand, "preflight", startedAt, { checks, facts });
    tellEnd(output, record, file);
    return record;
  });
}

async function lookOver(
  run: Run,
  errand: Errand,
  settings: PreflightSettings,
  environment: Environment,
  output: Output,
  at: Date,
) {
  output.progress(output.palette.faint("rehearsing on a server of the same major"));
  const rehearsed = await rehearse(run, { ...errand, major: errand.target.major });
  output.progress("");
  await using session = await errand.target.connect("preflight", lookSettings);
  const context: PreflightContext = { ...errand, rehearsed, limits: limitsOf(settings) };
  const tell = (check: Check): void =>
    output.line(renderCheck(check, output.palette, output.width()));
  const checks = [...(await runChecks(session, databaseChecks, context, tell))];
  const add = (check: Check): void => {
    checks.push(check);
    tell(check);
  };
  const redisPassword = await passwordIn(settings.redisPasswordFile, environment.redisPassword);
  const streams = errand.production?.streams ?? [];
  add({ name: "redis", ...(await checkRedis(settings.redis, redisPassword, streams)) });
  if (settings.backup !== undefined) {
    const order = {
      folder: settings.backup,
      path: environment.path,
      schemas: newSchemas(rehearsed.empty, rehearsed.baseline),
      before: errand.selection.revision.id,
      at,
    };
    add({ name: "backup", ...(await takeBackup(run.folder, errand, order)) });
  }
  return { checks, facts: await pointInTime(session) };
}

const drift: PreflightCheck = {
  name: "drift",
  async look(looker, { rehearsed, selection }) {
    const found = findDrift(rehearsed, "baseline", await readCatalogIn(looker));
    return checkDrift(found, selection.revision.previousId ?? "no revision");
  },
};

/** What is asked of the database, in the order in which it is told. */
export const databaseChecks: readonly PreflightCheck[] = [
  ledgerPlace,
  serverAlike,
  neededRoles,
  drift,
  lockHolders,
  oldTransactions,
  replication,
  tableSizes,
  room,
  workers,
];

function limitsOf(settings: PreflightSettings): PreflightContext["limits"] {
  return {
    transactionSeconds: settings.oldestTransaction,
    lockSeconds: settings.oldestLock,
    lagBytes: settings.mostLag,
    slotBytes: settings.mostSlot,
  };
}

/** Where to recover to, if it comes to that. */
async function pointInTime(session: Session): Promise<Record<string, string>> {
  const { at, lsn } = await look(session, (looker) => looker.one(pointQuery));
  return { "point in time": at, "log position": lsn ?? "not told" };
}

const pointQuery = sql.type(z.object({ at: z.string(), lsn: z.string().nullable() }))`
  select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
    case when not pg_is_in_recovery() then pg_current_wal_lsn()::text end as lsn`;
