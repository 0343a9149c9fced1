/**
 * Goal: Whoever watches a database after 022 sees what its functions did, is told when a threshold is passed, and is never
 * told that all is well by a monitor that could not see.
 * Method: A staged production is brought into trouble by calls of the functions, and read by the command. Roles without
 * rights look, and what the server says of transactions and rows before and after is compared.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { production as binding } from "../../../fixtures/m10/production.ts";
import { openSession, type Session } from "../../../harness/postgres/session.ts";
import { sql } from "../../../harness/postgres/query.ts";
import { judgeWindow } from "../../../harness/production/monitor/judge-window.ts";
import { readingSettings, takeReading } from "../../../harness/production/monitor/reading.ts";
import { addReading, openWindow } from "../../../harness/production/monitor/window.ts";
import { type MonitorReport, monitorReport } from "../../../harness/report/monitor-report.ts";
import { database } from "./stage-production.ts";
import { about, monitorOnce } from "./monitor-once.ts";
import { empty, type Hardened, stageHardened } from "./stage-hardened.ts";

let production: Hardened;
let app: Session;
let eyes: Session;

beforeAll(async () => {
  production = await stageHardened();
  app = await production.enter("m10_app");
  eyes = await openSession(production.server.address, {
    database,
    role: "m10_monitor",
    name: "eyes",
    settings: readingSettings,
  });
  await production.admin.run("create role stranger login");
});

beforeEach(() => empty(production));

afterAll(async () => {
  await eyes[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
  await production[Symbol.asyncDispose]();
});

const call = (text: string, times = 1): Promise<void> => callFrom(app, text, times);

async function callFrom(session: Session, text: string, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await session.run(`select m10_recovery.${text}`);
}

/** An event that is claimed and fails so many times. */
async function fail(key: string, times: number): Promise<void> {
  await call(`publish_outbox('order', '${key}', 'paid', '{}')`);
  for (let time = 0; time < times; time += 1)
    await app.run(
      `select m10_recovery.complete_outbox_event(event_id, 'p', false, 'no', 0)
       from m10_recovery.claim_outbox_events('p', 1)`,
    );
}

async function reportAs(role: string, given: object = {}): Promise<MonitorReport> {
  const { exitCode, text } = await monitorOnce(production, { json: true, ...given }, role);
  const report = monitorReport.parse(JSON.parse(text));
  expect(report.exitCode).toBe(exitCode);
  return report;
}

function troubled({ metrics, views }: MonitorReport): string[] {
  const all = [...metrics.map((each) => ({ ...each, title: each.name })), ...views];
  return all.filter(({ verdict }) => verdict === "trouble").map(({ title }) => title);
}

test("the JSON schema in the repository is the one that the code makes", async () => {
  const schema = `${JSON.stringify(z.toJSONSchema(monitorReport), null, 2)}\n`;

  await expect(schema).toMatchFileSnapshot("../../../harness/report/monitor.schema.json");
});

test("every metric has the value that the calls must give", async () => {
  await call("acquire_lock('a', 'one', 600)", 2);
  await call("acquire_lock('a', 'two', 600)", 3);
  await call("acquire_lock('b', 'two', 600)");
  await call("record_replay('m-1', 'd-1', 1, null, 'n-1')", 3);
  await call("record_replay('m-2', 'd-2')");
  await call("archive_dead_letter('d-1', 'm-1', 1, null, '{}', null, 1, null, 'archiver')", 2);
  await fail("parked", 10);
  await fail("failing", 4);
  await call("publish_outbox('order', 'lapsing', 'paid', '{}')");
  await app.run("select m10_recovery.claim_outbox_events('gone', 10)");
  await call("publish_outbox('order', 'waiting', 'paid', '{}')", 2);
  await production.admin.run(
    `update m10_recovery.replay_log set replayed_at = now() - interval '1 hour' where new_msg_id is null;
     update m10_recovery.outbox set claimed_until = now() where aggregate_id = 'lapsing';
     update m10_recovery.outbox set created_at = now() - interval '500.4 seconds' where aggregate_id = 'waiting';`,
  );

  const { metrics } = await reportAs("m10_monitor");

  expect(Object.fromEntries(metrics.map(({ name, value }) => [name, value]))).toEqual({
    m10_locks_acquired_total: 3,
    m10_locks_failed_total: 3,
    m10_locks_active_gauge: 2,
    m10_replay_duplicates_total: 2,
    m10_replay_stuck_gauge: 1,
    m10_dead_letters_last_hour_gauge: 1,
    m10_outbox_pending_gauge: 3,
    m10_outbox_oldest_pending_seconds: expect.closeTo(500, -1),
    m10_outbox_retry_total: 14,
    m10_outbox_lapsed_gauge: 1,
    m10_outbox_failing_gauge: 1,
    m10_outbox_parked_gauge: 1,
  });
});

test("without trouble there is nothing to see, once rates were looked at", async () => {
  const quiet = await monitorOnce(production, { over: 1 });

  expect(quiet.exitCode).toBe(0);
  expect(quiet.text).toContain("✓ nothing to see");
});

test("rates that nobody looked at are not well", async () => {
  const report = await reportAs("m10_monitor");

  expect(report.exitCode).toBe(3);
  const unknown = report.metrics.filter(({ verdict }) => verdict === "unknown");
  expect(unknown.map(({ name, says }) => [name, says])).toEqual(
    ["m10_locks_failed_total", "m10_replay_duplicates_total", "m10_outbox_retry_total"].map(
      (name) => [name, "a rate needs two readings"],
    ),
  );
});

describe("a threshold", () => {
  /** By whom each is passed: what the least above it is, and how to come so far from nothing. */
  const passing: Readonly<Record<string, { least: number; come: (far: number) => Promise<void> }>> =
    {
      m10_locks_failed_total: { least: 11, come: (far) => call("acquire_lock('a', 'two')", far) },
      m10_replay_duplicates_total: {
        least: 6,
        come: (far) => call("record_replay('m', 'd')", far),
      },
      m10_outbox_retry_total: {
        least: 21,
        async come(far) {
          for (let key = 0; key * 3 < far; key += 1)
            await fail(`key ${key}`, Math.min(3, far - key * 3));
        },
      },
      m10_outbox_pending_gauge: {
        least: 101,
        async come(far) {
          for (let key = 0; key < far; key += 1)
            await call(`publish_outbox('order', '${key}', 'paid', '{}')`);
        },
      },
      m10_outbox_oldest_pending_seconds: {
        least: 905,
        async come(far) {
          await call("publish_outbox('order', '1', 'paid', '{}')");
          await production.admin.run(
            `update m10_recovery.outbox set created_at = now() - interval '${far - 4} seconds'`,
          );
        },
      },
      m10_outbox_failing_gauge: { least: 1, come: (far) => fail("failing", far * 4) },
      m10_outbox_parked_gauge: { least: 1, come: (far) => fail("parked", far * 10) },
      m10_replay_stuck_gauge: {
        least: 1,
        async come(far) {
          await call("record_replay('stuck', 'd')");
          await production.admin.run(
            `update m10_recovery.replay_log set replayed_at = now() - interval '${far * 16} minutes'`,
          );
        },
      },
    };

  test("is tried for every metric that has one", () => {
    const named = binding.metrics.flatMap(({ name, alert }) => (alert === undefined ? [] : [name]));

    expect(Object.keys(passing).toSorted()).toEqual(named.toSorted());
  });

  test.for(Object.entries(passing))("of %s is passed, and named then", async ([name, trouble]) => {
    await call("acquire_lock('a', 'one')");
    await call("record_replay('m', 'd')");
    const before = addReading(openWindow(), await takeReading(eyes, binding));

    await trouble.come(trouble.least - 1);
    const at = judgeWindow(addReading(before, await takeReading(eyes, binding)), about);
    await empty(production);
    await call("acquire_lock('a', 'one')");
    await call("record_replay('m', 'd')");
    await trouble.come(trouble.least);
    const above = judgeWindow(addReading(before, await takeReading(eyes, binding)), about);

    expect(troubled(at)).not.toContain(name);
    expect(troubled(above)).toContain(name);
    expect(above.exitCode).toBe(1);
  });
});

test("a rate over a second is stretched to a minute, by the command's two readings", async () => {
  await call("acquire_lock('a', 'one')");
  const reading = reportAs("m10_monitor", { over: 1 });
  // Wherever the readings are, refusals come before the second and after the first.
  const over = new AbortController();
  const refused = (async () => {
    while (!over.signal.aborted) await call("acquire_lock('a', 'two')");
  })();

  const report = await reading;
  over.abort();
  await refused;

  const failed = report.metrics.find(({ name }) => name === "m10_locks_failed_total");
  expect(failed?.verdict).toBe("trouble");
  expect(failed?.perMinute).toBeGreaterThan(60);
  expect(report.overSeconds).toBeGreaterThanOrEqual(1);
});

describe("a view of trouble", () => {
  test("shows events that fail and that were given up, and replays that are stuck", async () => {
    await fail("parked", 10);
    await fail("failing", 4);
    await call("record_replay('stuck', 'd')");
    await production.admin.run(
      "update m10_recovery.replay_log set replayed_at = now() - interval '1 hour'",
    );

    const { views } = await reportAs("m10_monitor");

    const rows = Object.fromEntries(views.map((view) => [view.title, view.rows]));
    expect(rows["parked events"]).toMatchObject([{ key: "order parked", retries: 10 }]);
    expect(rows["failing events"]).toMatchObject([{ key: "order failing", last_error: "no" }]);
    expect(rows["stuck replays"]).toMatchObject([{ original: "stuck", dead_letter: "d" }]);
    expect(rows["outbox backlog"]).toMatchObject([{ event_type: "paid", pending: 1, parked: 1 }]);
  });

  test("shows a message that was replayed twice, as only a broken table lets it", async () => {
    const { admin } = production;
    const name = "replay_log_original_msg_id_key";
    await admin.run(`alter table m10_recovery.replay_log drop constraint ${name}`);
    await admin.run(
      `insert into m10_recovery.replay_log (original_msg_id, replayed_at, replayed_by, status)
       select 'twice', now(), 'x', 'reserved' from generate_series(1, 2)`,
    );

    const report = await reportAs("m10_monitor");
    await empty(production);
    await admin.run(
      `alter table m10_recovery.replay_log add constraint ${name} unique (original_msg_id)`,
    );

    expect(troubled(report)).toEqual(["messages replayed twice"]);
  });

  test("shows who waits for whom, also for a publisher's key", async () => {
    await using first = await production.enter("m10_app", "first");
    await using second = await production.enter("m10_app", "second");
    await first.run("begin");
    await callFrom(first, "publish_outbox('order', '1', 'paid', '{}')", 1);
    const publishing = callFrom(second, "publish_outbox('order', '1', 'paid', '{}')", 1);
    const title = "who waits for longer than a second";
    const waiting = async () => {
      const { views } = await takeReading(eyes, binding);
      const told = views.find(({ view }) => view.title === title)?.told;
      return told?.known === true ? told.value : [];
    };

    let last = await waiting();
    while (last.length === 0) last = await waiting();
    await first.run("commit");
    await publishing;

    expect(last).toMatchObject([
      {
        waiting: `${second.pid} rehearsal second`,
        for: `${first.pid} rehearsal first (idle in transaction)`,
        table: "outbox",
      },
    ]);
    expect(await waiting()).toEqual([]);
  });
});

describe("what a role may not see", () => {
  test("is unknown, and nothing of it is zero", async () => {
    const report = await reportAs("stranger", { over: 1 });

    expect(report.exitCode).toBe(3);
    expect(report.metrics.map(({ value, verdict }) => [value, verdict])).toEqual(
      binding.metrics.map(() => [null, "unknown"]),
    );
    const seen = report.views.filter(({ rows }) => rows !== null).map(({ title }) => title);
    expect(seen).toEqual(["who waits for longer than a second"]);
    expect(report.metrics[0]?.says).toBe(
      "this role may not see it: permission denied for schema m10_recovery",
    );
  });

  test("does not hide the rest", async () => {
    await call("acquire_lock('a', 'one')");

    const report = await reportAs("m10_app");

    const values = Object.fromEntries(report.metrics.map(({ name, value }) => [name, value]));
    expect(values).toMatchObject({ m10_locks_failed_total: null, m10_locks_active_gauge: 1 });
  });
});

test("what is locked is unknown, and is not waited for", async () => {
  await using locker = await production.enter("m10_owner", "locker");
  await locker.run("begin; lock table m10_recovery.outbox in access exclusive mode");

  const report = await reportAs("m10_monitor");

  const pending = report.metrics.find(({ name }) => name === "m10_outbox_pending_gauge");
  expect(pending).toMatchObject({ value: null, verdict: "unknown" });
  expect(pending?.says).toMatch(/^it is locked: /);
});

test("a reading takes no transaction id, changes no row and advances no counter", async () => {
  await call("acquire_lock('a', 'one')");
  const { admin } = production;
  await admin.run("alter system set autovacuum = off");
  await admin.run("select pg_reload_conf()");
  const state = () =>
    admin.one(sql.type(z.object({ next: z.string(), token: z.number(), counted: z.number() }))`
      select pg_snapshot_xmax(pg_current_snapshot())::text as next,
        (select fencing_token from m10_recovery.distributed_locks) as token,
        (select last_value from m10_recovery.m10_locks_acquired_total) as counted`);
  const before = await state();

  await reportAs("m10_monitor", { over: 1 });

  expect(await state()).toEqual(before);
});

test("a query that would change something is refused by the server", async () => {
  const value = sql.type(z.object({ value: z.number() }))`
    select nextval('m10_recovery.m10_locks_acquired_total') as value`;
  const metric = { name: "greedy", help: "", kind: "gauge", group: "", value } as const;
  await production.admin.run(
    "grant update on sequence m10_recovery.m10_locks_acquired_total to m10_monitor",
  );

  const { metrics } = await takeReading(eyes, { metrics: [metric], views: [] });

  expect(metrics[0]?.told).toMatchObject({
    known: false,
    reason: expect.stringContaining("read-only transaction"),
  });
});
