/**
 * Goal: the page that the project started from is carried out: each of its SQL blocks runs on the rehearsed database and
 * gives what the page says to expect; where a block cannot fail, or cannot do what it is for, that is shown, and the
 * command that stands in its place does.
 * Method: the blocks are taken out of the page, so that none is forgotten, and are run on a staged production as the role
 * that the page's reader would be, before and after 022, and with the trouble in place that they are to find.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { readCatalogIn } from "../../../harness/catalog/read-catalog.ts";
import { runProgram } from "../../../harness/host/start-process.ts";
import { applyRevision } from "../../../harness/migrations/apply-revision.ts";
import { revertRevision } from "../../../harness/migrations/revert-revision.ts";
import type { Session } from "../../../harness/postgres/session.ts";
import { checkDrift, findDrift } from "../../../harness/production/drift.ts";
import type { Errand } from "../../../harness/production/errand.ts";
import { look, lookSettings } from "../../../harness/production/look.ts";
import { lockHolders } from "../../../harness/production/preflight/lock-holders.ts";
import { usualLimits } from "../../../harness/production/preflight/preflight-check.ts";
import { probeFunctions } from "../../../harness/production/postflight/probe-functions.ts";
import { rehearse, type Rehearsed } from "../../../harness/production/rehearse.ts";
import { openRun, type Run } from "../../../harness/verify/open-run.ts";
import { findClients } from "./debian-clients.ts";
import { openErrand } from "./open-errand.ts";
import { owner, type Production, stageProduction } from "./stage-production.ts";

const page = await readFile(join(import.meta.dirname, "seed-runbook-022.md"), "utf8");
/** Every statement of the page: what psql is given by `-c`, and what stands in blocks of SQL. */
const blocks = [
  ...[...page.matchAll(/-c \\\n\s+"([^"]+)"/g)].map(([, sql = ""]) => sql),
  ...[...page.matchAll(/^```sql\n([^]*?)^```$/gm)].flatMap(([, sql = ""]) =>
    sql.split(";").map((each) => each.replaceAll(/^--.*$/gm, "").trim()),
  ),
].filter((block) => block !== "");
const tried = new Set<string>();

let run: Run;
let production: Production;
let errand: Errand;
let rehearsed: Rehearsed;
let deployer: Session;
beforeAll(async () => {
  run = await openRun();
  production = await stageProduction(run.folder, { rows: 100 });
  errand = await openErrand(production.url());
  rehearsed = await rehearse(run, { ...errand, major: errand.target.major });
  deployer = await production.enter(owner);
  await using admin = await production.enterAsAdmin();
  await admin.run("create role passer_by login");
});
afterAll(async () => {
  await deployer[Symbol.asyncDispose]();
  await production[Symbol.asyncDispose]();
  await run[Symbol.asyncDispose]();
});

describe("before the migration", () => {
  test("the schema is found, but only by who may see it", async () => {
    const block = blockWith("information_schema.schemata");

    expect(await rowsAs(owner, block)).toHaveLength(1);
    expect(await rowsAs("passer_by", block)).toEqual([]);
  });

  test("the search for active sessions always finds itself, and preflight does not", async () => {
    const block = blockWith("pg_stat_activity");
    await using session = await production.enter(owner, "reader", lookSettings);

    const { rows } = await session.run(block);

    expect(rows).toEqual([{ pid: session.pid, state: "active", query: block }]);
    const context = { ...errand, rehearsed, limits: usualLimits };
    expect(await look(session, (looker) => lockHolders.look(looker, context))).toMatchObject({
      verdict: "go",
    });
  });

  test("the search after a rollback finds nothing before there is anything", async () => {
    expect(await rowsAs(owner, blockWith("table_name IN ('distributed_locks'"))).toEqual([]);
  });
});

describe("after the migration", () => {
  beforeAll(async () => {
    await applyRevision(deployer, errand.selection.revision, { settings: errand.sessionSettings });
  });
  afterAll(async () => {
    await revertRevision(deployer, errand.selection.revision, {
      settings: { "m10.allow_data_loss": "on" },
    });
  });

  test("the four tables are listed, beside those of before", async () => {
    const block = blockWith("table_schema = 'm10_recovery' ORDER BY table_name");

    const names = (await rowsAs(owner, block)).map(({ table_name: name }) => name);

    expect(names).toEqual(
      expect.arrayContaining(["dead_letter_archive", "distributed_locks", "outbox", "replay_log"]),
    );
  });

  test.for(["distributed_locks", "replay_log", "dead_letter_archive", "outbox"])(
    "psql describes %s",
    async (table, { skip }) => {
      const block = blockWith(String.raw`\d m10_recovery.${table}`);
      const clients = await findClients(run.folder);
      if ("reason" in clients) skip(clients.reason);
      const path = "reason" in clients ? "" : clients.path;
      const args = ["-X", "-c", block, production.url()];

      const said = await runProgram(run.folder, "psql", args, { env: { PATH: path } });

      expect(said).toContain(`Table "m10_recovery.${table}"`);
    },
  );

  test("nine functions are listed, and nine are still listed with two missing and two strangers", async () => {
    const block = blockWith("information_schema.routines");
    const expected = (await rowsAs(owner, block)).map(({ routine_name: name }) => name);
    await deployer.run(
      `alter function m10_recovery.release_lock(text, text) rename to strange_one;
       alter function m10_recovery.cleanup_expired_locks() rename to strange_two`,
    );
    onTestFinished(async () => {
      await deployer.run(
        `alter function m10_recovery.strange_one(text, text) rename to release_lock;
         alter function m10_recovery.strange_two() rename to cleanup_expired_locks`,
      );
    });

    expect(expected).toEqual(expect.arrayContaining(listed("# Expected functions:")));
    expect(await rowsAs(owner, block)).toHaveLength(expected.length);
    expect(await rowsAs("passer_by", block)).toEqual([]);
    expect(await catalogFinding()).toMatchObject({
      verdict: "no-go",
      details: expect.arrayContaining([expect.stringContaining("release_lock(text, text)")]),
    });
  });

  test("the lock cycle answers t three times, which proves nothing of publish_outbox", async () => {
    const cycle = ["acquire_lock", "extend_lock", "release_lock"].map((name) =>
      blockWith(`SELECT m10_recovery.${name}`),
    );
    await deployer.run(
      "alter function m10_recovery.publish_outbox(text, text, text, jsonb) rename to gone",
    );
    onTestFinished(async () => {
      await deployer.run(
        "alter function m10_recovery.gone(text, text, text, jsonb) rename to publish_outbox",
      );
    });

    const answers = [];
    for (const block of cycle) answers.push(...(await rowsAs("m10_app", block)));

    expect(answers).toEqual([
      { acquire_lock: true },
      { extend_lock: true },
      { release_lock: true },
    ]);
    expect(new Map(await probeFunctions(errand, errand.target)).get("functions")?.verdict).toBe(
      "no-go",
    );
  });

  test("zero rows after a rollback that did not happen: to who may see nothing", async () => {
    const block = blockWith("table_name IN ('distributed_locks'");

    expect(await rowsAs("passer_by", block)).toEqual([]);
    expect(await rowsAs(owner, block)).toHaveLength(4);
    expect((await catalogFinding("baseline")).verdict).toBe("no-go");
  });

  test("active locks are shown; the stuck one is not released by the statement for it", async () => {
    await deployer.run("select m10_recovery.acquire_lock('stuck:lock', 'gone', 3600)");
    const active = blockWith("WHERE expires_at > now()");
    const release = blockWith("DELETE FROM m10_recovery.distributed_locks");

    await deployer.run(release);

    expect(await rowsAs("m10_monitor", active)).toMatchObject([{ lock_name: "stuck:lock" }]);
  });

  test("recent replays are shown; duplicates cannot be there, so the search for them cannot fail", async () => {
    await deployer.run(
      "select m10_recovery.record_replay('o', 'd'); select m10_recovery.record_replay('o', 'd2')",
    );

    expect(await rowsAs("m10_monitor", blockWith("ORDER BY replayed_at DESC"))).toHaveLength(1);
    expect(await rowsAs("m10_monitor", blockWith("GROUP BY original_msg_id"))).toEqual([]);
    const duplicate = deployer.run(
      `insert into m10_recovery.replay_log (original_msg_id, replayed_at, replayed_by, status)
       values ('o', now(), 'by hand', 'reserved')`,
    );
    await expect(duplicate).rejects.toThrow(/replay_log_original_msg_id_key/);
  });

  test("the backlog and what fails in it are shown", async () => {
    await deployer.run("select m10_recovery.publish_outbox('order', '1', 'paid', '{}')");
    const failing = blockWith("retry_count > 3");

    expect(await rowsAs("m10_monitor", blockWith("GROUP BY event_type"))).toMatchObject([
      { event_type: "paid", count: 1 },
    ]);
    expect(await rowsAs("m10_monitor", failing)).toEqual([]);
    await deployer.run("update m10_recovery.outbox set first_claimed_at = now(), retry_count = 4");
    expect(await rowsAs("m10_monitor", failing)).toHaveLength(1);
  });
});

test("every block of the page was tried", () => {
  expect(blocks.filter((block) => !tried.has(block))).toEqual([]);
  expect(blocks).toHaveLength(18);
});

/** The one block that holds a text. */
function blockWith(text: string): string {
  const found = blocks.filter((block) => block.includes(text));
  const [block] = found;
  if (block === undefined || found.length > 1)
    throw new Error(`${found.length} blocks hold ${text}`);
  tried.add(block);
  return block;
}

/** What a comment of the page lists, one a line. */
function listed(head: string): string[] {
  const rest = page.slice(page.indexOf(head) + head.length);
  return [...(/^(?:\n# - .*)+/.exec(rest)?.[0] ?? "").matchAll(/# - (\S+)/g)].map(
    ([, name = ""]) => name,
  );
}

async function rowsAs(role: string, block: string): Promise<Record<string, unknown>[]> {
  await using session = await production.enter(role);
  const { rows } = await session.run(block);
  return z.array(z.record(z.string(), z.unknown())).parse(rows);
}

async function catalogFinding(place: "baseline" | "target" = "target") {
  await using session = await production.enter(owner, "spec", lookSettings);
  const catalog = await look(session, (looker) => readCatalogIn(looker));
  return checkDrift(findDrift(rehearsed, place, catalog), place);
}
