/**
 * Goal: nobody has to wait while a revision comes: with the waits that apply allows itself, no statement of live traffic
 * waits for a lock for longer than 100 ms by the server's own account, even behind a long reader; and the measure can
 * fail.
 * Method: traffic runs on a staged production with a hundred thousand rows while a revision alters the table that it uses,
 * behind a reader who keeps the table open; the server logs whoever waits for longer than its deadlock_timeout of 100 ms.
 */
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { applyRevision } from "../../../harness/migrations/apply-revision.ts";
import { upOf } from "../../../harness/migrations/move.ts";
import type { Revision } from "../../../harness/migrations/revision.ts";
import type { Session } from "../../../harness/postgres/session.ts";
import { carryOut } from "../../../harness/production/move/carry-out.ts";
import { openRun, type Run } from "../../../harness/verify/open-run.ts";
import { openErrand } from "../production/open-errand.ts";
import { rememberOutput } from "../production/remember-output.ts";
import { owner, type Production, stageProduction } from "../production/stage-production.ts";
import { startTraffic, type Traffic } from "./live-traffic.ts";

const altering: Revision = {
  id: "022_altering",
  previousId: "021_m10_durable_queue_fallback",
  upFile: "022_altering.up.sql",
  upSql: "alter table m10_recovery.work_queue add column shard integer;",
  upTransactional: true,
  downFile: "022_altering.down.sql",
  downSql: "alter table m10_recovery.work_queue drop column shard;",
  downTransactional: true,
};

let run: Run;
let production: Production;
let reader: Session;
let traffic: Traffic;
beforeEach(async () => {
  run = await openRun();
  production = await stageProduction(run.folder);
  reader = await production.enter("m10_app", "long reader");
  await reader.run("begin; select count(*) from m10_recovery.work_queue");
  traffic = await startTraffic(production);
});
afterEach(async () => {
  await reader[Symbol.asyncDispose]();
  await production[Symbol.asyncDispose]();
  await run[Symbol.asyncDispose]();
});

test("a revision that waits for a lock without end makes everybody behind it wait", async () => {
  await using deployer = await production.enter(owner);
  const applying = applyRevision(deployer, altering, { lockTimeoutMs: 0 });
  await pause(heldMs);
  await reader.run("commit");
  await applying;

  expect(await traffic.stop()).toBeGreaterThan(0);
  expect((await traffic.longWaits()).length).toBeGreaterThan(0);
});

test("with the waits that apply allows itself nobody notices", async () => {
  const errand = await openErrand(production.url());
  const applying = carryOut(
    run,
    {
      errand,
      move: upOf(altering),
      make: (session, options) => applyRevision(session, altering, options),
      settings: {},
      limits: { lockTimeout: 50, tries: 10, patience: 10 },
    },
    rememberOutput(),
  );
  await pause(heldMs);
  await reader.run("commit");

  expect(await applying).toMatchObject({
    finding: { verdict: "go", says: expect.stringMatching(/at try \d+$/) },
  });
  expect(await traffic.stop()).toBeGreaterThan(0);
  expect(await traffic.longWaits()).toEqual([]);
});

/** How long the reader keeps the table: a few tries of apply. */
const heldMs = 800;
