import { applyRevision } from "../../../harness/migrations/apply-revision.ts";
import { readMigrations } from "../../../harness/migrations/read-migrations.ts";
import type { Session } from "../../../harness/postgres/session.ts";
import { openRun } from "../../../harness/verify/open-run.ts";
import { owner, type Production, stageProduction } from "./stage-production.ts";

/** Production after 022, on a server of its own; disposing it takes the server away. */
export interface Hardened extends Production {
  /** A superuser's, such as no command ever gets. */
  readonly admin: Session;
}

export async function stageHardened(): Promise<Hardened> {
  await using opening = new AsyncDisposableStack();
  const run = opening.use(await openRun());
  const production = opening.use(await stageProduction(run.folder, { rows: 0 }));
  const [, revision] = await readMigrations("sql");
  if (revision === undefined) throw new Error("there is no 022");
  await using deployer = await production.enter(owner);
  const settings = { "m10.app_role": "m10_app", "m10.monitor_role": "m10_monitor" };
  await applyRevision(deployer, revision, { settings });
  const admin = opening.use(await production.enterAsAdmin());
  const opened = opening.move();
  return { ...production, admin, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** As if 022 had just been applied, counters and all. */
export async function empty({ admin }: Hardened): Promise<void> {
  await admin.run(
    `truncate m10_recovery.distributed_locks, m10_recovery.replay_log, m10_recovery.dead_letter_archive,
       m10_recovery.outbox restart identity;
     alter sequence m10_recovery.distributed_locks_fencing_token restart;
     alter sequence m10_recovery.m10_locks_acquired_total restart;
     alter sequence m10_recovery.m10_locks_failed_total restart;
     alter sequence m10_recovery.m10_replay_duplicates_total restart;
     alter sequence m10_recovery.m10_outbox_retry_total restart;`,
  );
}
