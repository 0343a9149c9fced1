/**
 * Goal: the production commands end with the exit codes that they promise, print no password, and a signal leaves the
 * database as it was, with workers resumed and a record kept.
 * Method: real processes of the scripts against a staged production.
 */
import { appendFile, cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { alembicLedger, readLedger } from "../../../harness/migrations/ledger.ts";
import { productionRecord } from "../../../harness/report/production-record.ts";
import { openRun, type Run } from "../../../harness/verify/open-run.ts";
import { owner, type Production, stageProduction } from "../production/stage-production.ts";
import {
  checkout,
  type Ended,
  openTemporary,
  startVerify,
  type Temporary,
} from "./verify-process.ts";

let run: Run;
let production: Production;
let temporary: Temporary;
let work: string;
beforeAll(async () => {
  run = await openRun();
  production = await stageProduction(run.folder, { rows: 100 });
  temporary = await openTemporary();
  work = await mkdtemp(join(tmpdir(), "commands-spec-"));
});
afterAll(async () => {
  await temporary[Symbol.asyncDispose]();
  await production[Symbol.asyncDispose]();
  await run[Symbol.asyncDispose]();
  await rm(work, { recursive: true });
});

test("exit codes are 0 go, 1 no go, 2 bad input, 3 cannot tell; no password is printed or kept", async () => {
  const records = join(work, "codes");
  const at = ["--url", production.url(), "--records", records];
  const ended = {
    go: await command("preflight", [...at, "--redis", "none"]),
    "no go": await command("postflight", at),
    "bad input": await command("apply", at),
    "cannot tell": await command("preflight", at),
    "a URL with a password": await command("preflight", ["--url", "postgres://ann:hunter2@db/x"]),
  };

  expect(Object.values(ended).map(({ code }) => code)).toEqual([0, 1, 2, 3, 2]);
  const kept = await Promise.all(
    (await readdir(records)).map((name) => readFile(join(records, name), "utf8")),
  );
  expect(kept).toHaveLength(3);
  const said = [...Object.values(ended).flatMap(({ stdout, stderr }) => [stdout, stderr]), ...kept];
  expect(said.filter((text) => text.includes("hunter2"))).toEqual([]);
  expect(await temporary.leftovers()).toEqual([]);
});

test("a signal takes back what runs, resumes what was paused, and is kept in the record", async () => {
  const records = join(work, "signal");
  const migrations = join(work, "slow");
  await slowMigrations(migrations);
  const at = ["--url", production.url(), "--records", records, "--migrations", migrations];
  const asked = [...at, "--bindings", "fixtures/m10/binding.ts"];
  const looked = await command("preflight", [...asked, "--redis", "none"]);
  const apply = start("apply", [
    ...asked,
    "--confirm",
    "agenticverz",
    "--without-rehearsal",
    "a spec",
    "--pause",
    `touch ${join(work, "paused")}`,
    "--resume",
    `touch ${join(work, "resumed")}`,
  ]);
  await apply.printed(/✓ pause/);
  await sleepingStatement();
  apply.child.kill("SIGINT");
  const { code, stdout } = await apply.ended();

  expect({ looked: looked.code, code }).toEqual({ looked: 0, code: 130 });
  expect(stdout).toMatch(/✗ apply +interrupted, and taken back/);
  expect(await readdir(work)).toEqual(expect.arrayContaining(["paused", "resumed"]));
  const name = (await readdir(records)).find((each) => each.endsWith("-apply.json")) ?? "";
  const record = productionRecord.parse(JSON.parse(await readFile(join(records, name), "utf8")));
  expect(record).toMatchObject({ verdict: "no-go", exitCode: 1 });
  expect(record.checks.map(({ name: check }) => check)).toEqual([
    "rehearsal",
    "preflight",
    "pause",
    "apply",
    "resume",
  ]);
  await using session = await production.enter(owner);
  expect(await readLedger(session, alembicLedger)).toBe("021_m10_durable_queue_fallback");
  expect(await temporary.leftovers()).toEqual([]);
});

test("a pause that fails keeps apply from beginning, and is resumed all the same", async () => {
  const records = join(work, "pause");
  const at = ["--url", production.url(), "--records", records];
  await command("preflight", [...at, "--redis", "none"]);
  const { code, stdout } = await command("apply", [
    ...at,
    "--confirm",
    "agenticverz",
    "--without-rehearsal",
    "a spec",
    "--pause",
    "echo no worker there >&2; exit 5",
    "--resume",
    "true",
  ]);

  expect(code).toBe(1);
  expect(stdout).toMatch(/✗ pause +"echo .*" ended with 5\n +no worker there/);
  expect(stdout).toMatch(/✓ resume/);
  expect(stdout).not.toMatch(/ apply {2}/);
});

/** The migrations, of which the last one takes its time there. */
async function slowMigrations(folder: string): Promise<void> {
  await cp(join(checkout, "sql"), folder, { recursive: true });
  await appendFile(
    join(folder, "022_m10_production_hardening.up.sql"),
    "do $$ begin if current_database() = 'agenticverz' then perform pg_sleep(60); end if; end $$;\n",
  );
}

async function sleepingStatement(): Promise<void> {
  await using session = await production.enterAsAdmin();
  for (;;) {
    const { rows } = await session.run(
      "select from pg_stat_activity where wait_event = 'PgSleep' and datname = 'agenticverz'",
    );
    if (rows.length > 0) return;
  }
}

function start(script: string, args: readonly string[]) {
  const environment = { PGPASSWORD: "hunter2" };
  return startVerify(args, { script, temporary: temporary.path, environment });
}

function command(script: string, args: readonly string[]): Promise<Ended> {
  return start(script, args).ended();
}
