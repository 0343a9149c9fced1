/**
 * Goal: every trouble that a database may have before a revision comes is named by exactly the check that is for it; what
 * a role may not see is not known, and no pass; looking changes nothing.
 * Method: troubles are planted one at a time in a staged production and taken out again, and all checks are made each
 * time, as a monitored owner and as a role with fewer rights; the rehearsal that they compare with is a real one.
 */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import type { Session } from "../../../harness/postgres/session.ts";
import type { Errand } from "../../../harness/production/errand.ts";
import { look, lookSettings } from "../../../harness/production/look.ts";
import { databaseChecks } from "../../../harness/production/preflight/preflight.ts";
import { type Limits, usualLimits } from "../../../harness/production/preflight/preflight-check.ts";
import { runChecks } from "../../../harness/production/preflight/run-checks.ts";
import { rehearse, type Rehearsed } from "../../../harness/production/rehearse.ts";
import type { Check } from "../../../harness/report/production-record.ts";
import { openRun, type Run } from "../../../harness/verify/open-run.ts";
import { startChecks } from "../../../harness/production/checks.ts";
import { rememberOutput } from "./remember-output.ts";
import { openErrand } from "./open-errand.ts";
import { plainText, sql } from "../../../harness/postgres/query.ts";
import { owner, type Production, stageProduction } from "./stage-production.ts";

let run: Run;
let production: Production;
let errand: Errand;
let rehearsed: Rehearsed;
let admin: Session;
beforeAll(async () => {
  run = await openRun();
  production = await stageProduction(run.folder, { rows: 1000 });
  admin = await production.enterAsAdmin();
  errand = await openErrand(production.url());
  rehearsed = await rehearse(run, { ...errand, major: errand.target.major });
});
afterAll(async () => {
  await admin[Symbol.asyncDispose]();
  await production[Symbol.asyncDispose]();
  await run[Symbol.asyncDispose]();
});

test("a database without troubles is found without any", async () => {
  expect(troubles(await checksAs())).toEqual([]);
});

interface Trouble {
  readonly what: string;
  readonly plant: string;
  readonly mend: string;
  readonly check: string;
  /** What a person is told of it. */
  readonly told: RegExp;
}

const table = "m10_recovery.work_queue";
const planted: readonly Trouble[] = [
  {
    what: "a missing index",
    plant: "drop index m10_recovery.work_queue_claimed_idx",
    mend: `create index work_queue_claimed_idx on ${table} (claimed_at) where claimed_at is not null and processed_at is null`,
    check: "drift",
    told: /- index m10_recovery\.work_queue_claimed_idx/,
  },
  {
    what: "an extra overload of a function",
    plant:
      "create function m10_recovery.claim_work(text) returns integer language sql as 'select 1'",
    mend: "drop function m10_recovery.claim_work(text)",
    check: "drift",
    told: /\+ function m10_recovery\.claim_work\(text\)/,
  },
  {
    what: "a changed default",
    plant: `alter table ${table} alter column priority set default 7`,
    mend: `alter table ${table} alter column priority set default 0`,
    check: "drift",
    told: /column m10_recovery\.work_queue\.priority: default from '0' to '7'/,
  },
  {
    what: "a revoked grant",
    plant: `revoke select on ${table} from m10_monitor`,
    mend: `grant select on ${table} to m10_monitor`,
    check: "drift",
    told: /- grant select on table m10_recovery\.work_queue to m10_monitor/,
  },
  {
    what: "a constraint that is not valid",
    plant: `alter table ${table} drop constraint work_queue_method_check,
      add constraint work_queue_method_check check (method ~ '\\S') not valid`,
    mend: `alter table ${table} validate constraint work_queue_method_check`,
    check: "drift",
    told: /work_queue_method_check.*valid/s,
  },
  {
    what: "an index that is not valid",
    plant: `update pg_index set indisvalid = false where indexrelid = 'm10_recovery.work_queue_claimed_idx'::regclass`,
    mend: `update pg_index set indisvalid = true where indexrelid = 'm10_recovery.work_queue_claimed_idx'::regclass`,
    check: "drift",
    told: /index m10_recovery\.work_queue_claimed_idx: valid from true to false/,
  },
  {
    what: "a table of the revision's that is there already",
    plant: "create table m10_recovery.outbox (id integer)",
    mend: "drop table m10_recovery.outbox",
    check: "drift",
    told: /\+ table m10_recovery\.outbox/,
  },
  {
    what: "another owner",
    plant: "alter function m10_recovery.release_stalled_work(integer) owner to m10_app",
    mend: `alter function m10_recovery.release_stalled_work(integer) owner to ${owner};
      grant execute on function m10_recovery.release_stalled_work(integer) to m10_app`,
    check: "drift",
    told: /release_stalled_work\(integer\): owner from 'm10_owner' to 'm10_app'/,
  },
  {
    what: "a function with another body",
    plant: `create or replace function m10_recovery.release_stalled_work(p_older_than_seconds integer default 300)
      returns integer language plpgsql security definer set search_path = pg_catalog, pg_temp as 'begin return 0; end'`,
    mend: "",
    check: "drift",
    told: /release_stalled_work\(integer\): body/,
  },
  {
    what: "a ledger that says something else",
    plant: "update public.alembic_version set version_num = '020_elsewhere'",
    mend: "update public.alembic_version set version_num = '021_m10_durable_queue_fallback'",
    check: "ledger",
    told: /at 020_elsewhere, and 022_m10_production_hardening stands on 021_m10_durable_queue_fallback/,
  },
  {
    what: "a ledger with two rows",
    plant: "insert into public.alembic_version values ('020_elsewhere')",
    mend: "delete from public.alembic_version where version_num = '020_elsewhere'",
    check: "ledger",
    told: /holds 2 revisions/,
  },
  {
    what: "a role that is missing",
    plant: "alter role m10_monitor rename to m10_watch",
    mend: "alter role m10_watch rename to m10_monitor",
    check: "roles",
    told: /role m10_monitor is missing/,
  },
  {
    what: "an owner who may not make anything there",
    plant: `alter schema m10_recovery owner to rehearsal_admin; revoke create on schema m10_recovery from ${owner}`,
    mend: `alter schema m10_recovery owner to ${owner}`,
    check: "roles",
    told: /m10_owner lacks CREATE in schema m10_recovery/,
  },
  {
    what: "a setting that changes what the SQL means",
    plant: `alter role ${owner} set standard_conforming_strings = off`,
    mend: `alter role ${owner} reset standard_conforming_strings`,
    check: "server",
    told: /standard_conforming_strings is "off", rehearsed with "on"/,
  },
  {
    what: "a replication slot that keeps log",
    plant: "select pg_create_physical_replication_slot('forgotten', true)",
    mend: "select pg_drop_replication_slot('forgotten')",
    check: "replication",
    told: /slot "forgotten" \(inactive\)/,
  },
];

/** What one trouble brings with it: an owner change is drift as well. */
const alsoNamed = new Map([
  ["an owner who may not make anything there", ["drift"]],
  ["a role that is missing", ["drift"]],
]);

describe("a trouble is named by exactly the check that is for it", () => {
  test.each(planted)("$what", async ({ what, plant, mend, check, told }) => {
    const definition = await definitionOf("m10_recovery.release_stalled_work(integer)");
    await admin.run(`set allow_system_table_mods = on`);
    await admin.run(plant);
    onTestFinished(() => asAdmin(mend === "" ? definition : mend));

    const found = await checksAs(owner, { ...usualLimits, slotBytes: -1 });
    const named = troubles(found);

    const expected = [check, ...(alsoNamed.get(what) ?? [])];
    expect(named.map(({ name }) => name).toSorted()).toEqual(expected.toSorted());
    const { says, details } = named.find(({ name }) => name === check) ?? { says: "", details: [] };
    expect([says, ...details].join("\n")).toMatch(told);
  });
});

describe("sessions in the way", () => {
  test("whoever holds what the revision must lock is named", async () => {
    await using reader = await production.enter("m10_app", "nightly report");
    await admin.run("grant select, update on public.alembic_version to m10_app");
    onTestFinished(() => asAdmin("revoke all on public.alembic_version from m10_app"));
    await reader.run("begin; lock table public.alembic_version in share mode");

    const [found, ...others] = troubles(await checksAs(owner, { ...usualLimits, lockSeconds: 0 }));

    expect({ name: found?.name, others }).toEqual({ name: "lock holders", others: [] });
    expect(found?.details.join()).toMatch(
      /process \d+ "rehearsal nightly report" \(m10_app, idle in transaction\) holds ShareLock on public\.alembic_version/,
    );
  });

  test("whoever reads another table is not in the way, and its age is looked at", async () => {
    await using reader = await production.enter("m10_app", "nightly report");
    await reader.run(`begin; select count(*) from ${table}`);

    const soon = troubles(await checksAs());
    const later = troubles(await checksAs(owner, { ...usualLimits, transactionSeconds: 0 }));

    expect(soon).toEqual([]);
    expect(later.map(({ name }) => name)).toEqual(["transactions"]);
    expect(later[0]?.details.join()).toContain("nightly report");
  });

  test("a transaction that was prepared and forgotten is named", async () => {
    await using other = await production.enterAsAdmin();
    await other.run(
      `begin; lock table public.alembic_version in share mode; prepare transaction 'forgotten'`,
    );
    onTestFinished(() => asAdmin("rollback prepared 'forgotten'"));

    const named = troubles(
      await checksAs(owner, { ...usualLimits, transactionSeconds: 0, lockSeconds: 0 }),
    );

    expect(named.map(({ name }) => name)).toEqual(["lock holders", "transactions"]);
    for (const { details } of named)
      expect(details.join()).toContain("prepared transaction forgotten");
  });

  test("to a role that may not see since when, it is not known", async () => {
    await using reader = await production.enter("m10_app", "nightly report");
    await reader.run(`begin; select count(*) from ${table}`);
    await admin.run("create role blind login");
    onTestFinished(() => asAdmin("drop owned by blind; drop role blind"));
    await admin.run("grant select on public.alembic_version to blind");

    const found = await checksAs("blind");

    expect(troubles(found).map(({ name, verdict }) => [name, verdict])).toEqual([
      ["transactions", "unknown"],
    ]);
  });
});

test("to a role that may not read the ledger, its place is not known", async () => {
  await admin.run("create role stranger login");
  onTestFinished(() => asAdmin("drop role stranger"));

  const found = await checksAs("stranger");

  expect(found.find(({ name }) => name === "ledger")).toMatchObject({
    verdict: "unknown",
    says: expect.stringContaining("this role may not see it"),
  });
});

test("a look that would change something is refused by the server", async () => {
  await using session = await errand.target.connect("spec", lookSettings);

  const changing = look(session, (looker) => looker.run(`delete from ${table}`));

  await expect(changing).rejects.toThrow(/read-only transaction/);
  expect(await session.answer(plainText("select 1"))).toMatchObject({ kind: "rows" });
});

test("a look that was given a transaction id after all is not believed", async () => {
  await using session = await errand.target.connect("spec", lookSettings);

  const assigned = look(session, (looker) => looker.run("select pg_current_xact_id()"));

  await expect(assigned).rejects.toThrow(/was given transaction id \d+/);
});

async function checksAs(role = owner, limits: Limits = usualLimits): Promise<readonly Check[]> {
  await using session = await production.enter(role, "preflight", lookSettings);
  const checks = startChecks(rememberOutput());
  await runChecks(session, databaseChecks, { ...errand, rehearsed, limits }, checks.add);
  return checks.made();
}

async function asAdmin(statements: string): Promise<void> {
  await admin.run(statements);
}

function troubles(checks: readonly Check[]): readonly Check[] {
  return checks.filter(({ verdict }) => verdict === "no-go" || verdict === "unknown");
}

async function definitionOf(signature: string): Promise<string> {
  const { text } = await admin.one(sql.type(z.object({ text: z.string() }))`
    select pg_get_functiondef(${signature}::regprocedure) as text`);
  return text;
}
