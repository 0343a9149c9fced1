import { z } from "zod";
import { readCatalogIn } from "../../catalog/read-catalog.ts";
import { sql } from "../../postgres/query.ts";
import type { Session } from "../../postgres/session.ts";
import type { ProductionRecord } from "../../report/production-record.ts";
import type { Environment } from "../../verify/environment.ts";
import type { Run } from "../../verify/open-run.ts";
import type { Output } from "../../verify/output.ts";
import { passwordIn } from "../../verify/read-password.ts";
import type { Checks } from "../checks.ts";
import { checkDrift, findDrift } from "../drift.ts";
import { type Errand, readErrand } from "../errand.ts";
import { look, lookSettings } from "../look.ts";
import { recorded } from "../recorded.ts";
import { rehearse } from "../rehearse.ts";
import type { PreflightSettings } from "../settings.ts";
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
  const order = {
    errand,
    command: "preflight",
    question: "may it come",
    startedAt,
    output,
  } as const;
  return await recorded({ ...order, changes: false }, (run, checks) =>
    lookOver(run, errand, settings, environment, checks, output),
  );
}

async function lookOver(
  run: Run,
  errand: Errand,
  settings: PreflightSettings,
  environment: Environment,
  checks: Checks,
  output: Output,
): Promise<Record<string, string>> {
  output.progress(output.palette.faint("rehearsing on a server of the same major"));
  const rehearsed = await rehearse(run, { ...errand, major: errand.target.major });
  output.progress("");
  await using session = await errand.target.connect("preflight", lookSettings);
  const context: PreflightContext = { ...errand, rehearsed, limits: limitsOf(settings) };
  await runChecks(session, databaseChecks, context, checks.add);
  const redisPassword = await passwordIn(settings.redisPasswordFile, environment.redisPassword);
  const streams = errand.production?.streams ?? [];
  checks.add("redis", await checkRedis(settings.redis, redisPassword, streams));
  if (settings.backup !== undefined) {
    const order = {
      folder: settings.backup,
      path: environment.path,
      schemas: newSchemas(rehearsed.empty, rehearsed.baseline),
      before: errand.selection.revision.id,
      at: new Date(),
    };
    checks.add("backup", await takeBackup(run.folder, errand, order));
  }
  return await pointInTime(session);
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
