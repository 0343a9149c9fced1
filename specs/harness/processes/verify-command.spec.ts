/**
 * Goal: `pnpm verify` says what holds and what is broken, in words, files and exit codes, and what it prints to see a
 * law broken again shows the very same.
 * Method: Real processes of `scripts/verify.ts` on the sound migrations, on ones with a place broken, on an older
 * version of them, and without Redis.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { convert } from "xmlbuilder2";
import type { LawReport } from "../../../harness/report/law-report.ts";
import {
  checkout,
  type Ended,
  openTemporary,
  readReport,
  startVerify,
  type Temporary,
} from "./verify-process.ts";

let temporary: Temporary;
let work: string;
beforeEach(async () => {
  temporary = await openTemporary();
  work = await mkdtemp("/tmp/verify-spec-");
  onTestFinished(async () => {
    await temporary[Symbol.asyncDispose]();
    await rm(work, { recursive: true });
  });
});

test("on sound migrations laws hold, and so say terminal, files and exit code", async () => {
  const asked = ["--law", "lock.rollback", "--law", "archive.{once,input}"];
  const { code, stdout, stderr } = await verify("--effort", "quick", "--seed", "11", ...asked);

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^022_m10_production_hardening of sql on PostgreSQL 18\.\d+ \(embedded\)/);
  expect(stdout).toMatch(/^✓ lock\.rollback +\d+ ms$/m);
  expect(stdout).toMatch(/^lock\.rollback +✓ holds +\d+ schedules/m);
  expect(stdout).toMatch(
    /^022_m10_production_hardening: 3 hold, 0 broken\nseed 11, quick effort, /m,
  );
  const report = await readReport(reportFolder());
  expect(report).toMatchObject({
    migrations: { folder: "sql", to: "022_m10_production_hardening" },
    bindings: "fixtures/m10/binding.ts",
    seed: 11,
    effort: "quick",
    exitCode: 0,
  });
  expect(report.laws.map(({ id, verdict }) => `${id}: ${verdict}`)).toEqual([
    "lock.rollback: holds",
    "archive.once: holds",
    "archive.input: holds",
  ]);
  expect(await readJunit()).toMatchObject({
    testsuites: {
      testsuite: { "@tests": "3", "@failures": "0", "@errors": "0" },
    },
  });
  expect(await temporary.leftovers()).toEqual([]);
});

test("a broken place is a broken law, and the printed command shows the same witness again, in JUnit as well", async () => {
  const folder = await copyMigrations();
  await edit(
    join(folder, "022_m10_production_hardening.up.sql"),
    (sql) => `${sql}\ncreate table m10_recovery.left_behind (id integer);\n`,
  );

  const { code, stdout } = await verifyFolder(folder, "--law", "migration.{exact,reversible}");
  const first = await brokenLaws();
  const printed = /^ {2}again {5}npx -y pnpm verify (.*--law migration\.reversible .*)$/m.exec(
    stdout,
  );
  const again = await verify(...(printed?.[1] ?? "").split(" "));
  const [second] = await brokenLaws();

  expect({ first: code, again: again.code }).toEqual({ first: 1, again: 1 });
  expect(stdout).toMatch(/✗ migration\.reversible\n {2}claim {5}up then down restores the catalog/);
  expect(stdout).toMatch(/ {2}happened {2}.*left_behind/);
  expect(first.map(({ id }) => id)).toContain("migration.reversible");
  expect(second?.witness).toEqual(first.find(({ id }) => id === "migration.reversible")?.witness);
  expect(again.stdout).toContain(witnessText(stdout, "migration.reversible"));
  expect(await readJunit()).toMatchObject({
    testsuites: {
      testsuite: {
        "@failures": "1",
        testcase: {
          failure: { "#": expect.stringMatching(/1\. deployer [\s\S]*again +npx -y pnpm verify/) },
        },
      },
    },
  });
});

test("without Redis its laws are not run, with the reason, and the gate is not green", async () => {
  const { code, stdout } = await verify(
    "--redis=none",
    "--effort=quick",
    "--law=archive.{input,moves-on,before-trim}",
  );

  expect(code).toBe(3);
  expect(stdout).toMatch(/^\? archive\.before-trim +-\n {2}not run: .*--redis/m);
  expect(stdout).toMatch(/^✓ archive\.input /m);
  const { laws, redis } = await readReport(reportFolder());
  const notRun = laws.filter(({ verdict }) => verdict === "not-run");
  expect(notRun.map(({ id }) => id)).toEqual(["archive.moves-on", "archive.before-trim"]);
  expect(redis).toMatch(/^no Redis: /);
});

test("a folder of somebody else's without bindings is tried by the laws of migrations alone", async () => {
  await writeFile(join(work, "001_a.up.sql"), "create table a (id integer primary key);");
  await writeFile(join(work, "001_a.down.sql"), "drop table a;");

  const { code } = await verify("--migrations", work, "--effort", "quick", "--redis", "none");

  const { laws, bindings } = await readReport(reportFolder());
  expect(new Set(laws.map(({ id }) => id.split(".")[0]))).toEqual(new Set(["migration"]));
  expect({ bindings, code }).toEqual({ bindings: null, code: 0 });
});

test("an older version is judged by the same bindings: what it lacks is named, the rest is tried", async () => {
  const folder = "specs/harness/processes/older-version";
  const asked = ["--app-role=old_worker", "--law=lock.{fenced,owner-only}"];
  const { code, stdout } = await verifyFolder(folder, ...asked);

  expect(code).toBe(1);
  expect(stdout).toMatch(/note: .*lent the owner's rights.* \(every law\)/s);
  const { laws } = await readReport(reportFolder());
  const byId = new Map(laws.map((law) => [law.id, law]));
  expect(byId.get("lock.fenced")).toMatchObject({
    verdict: "broken",
    witness: { happened: expect.stringContaining("fencing_token") },
  });
  expect(byId.get("lock.owner-only")).toMatchObject({ verdict: "holds" });
});

test("asked to keep, it leaves the broken law's database, and says how to enter it and how to end it", async () => {
  const folder = await copyMigrations();
  await edit(join(folder, "022_m10_production_hardening.up.sql"), (sql) =>
    sql.replaceAll("p_ttl_seconds < 1", "p_ttl_seconds < 0"),
  );

  const { code, stdout } = await verifyFolder(folder, "--law=lock.input", "--keep");
  const kept = /^ {2}kept {6}psql '(postgres:\/\/[^']+)'$/m.exec(stdout)?.[1];
  const end = /^ {2}(\S.*)$/m.exec(stdout.slice(stdout.indexOf("still running")))?.[1];

  expect(code).toBe(1);
  expect(kept).toMatch(/^postgres:\/\/\w+@/);
  expect(end).toBeDefined();
  expect(await temporary.leftovers()).not.toEqual([]);
});

test("help tells every option and the exit codes", async () => {
  const { code, stdout } = await verify("--help");

  expect(code).toBe(0);
  for (const option of [
    "--migrations",
    "--to",
    "--bindings",
    "--app-role",
    "--postgres",
    "--redis",
  ])
    expect(stdout).toContain(option);
  expect(stdout).toMatch(/0 all laws hold, 1 a law is broken, 2 bad input, 3 /);
});

function verify(...args: string[]): Promise<Ended> {
  return verifyIn(checkout, ...args);
}

/** Another folder of migrations with the bindings of `sql/`. */
function verifyFolder(folder: string, ...args: string[]): Promise<Ended> {
  const migrations = ["--migrations", folder, "--bindings", "fixtures/m10/binding.ts"];
  return verify(...migrations, "--redis", "none", "--effort", "quick", ...args);
}

function verifyIn(cwd: string, ...args: string[]): Promise<Ended> {
  const report = ["--report", reportFolder()];
  return startVerify([...args, ...report], { cwd, temporary: temporary.path }).ended();
}

function reportFolder(): string {
  return join(work, "report");
}

async function brokenLaws(): Promise<readonly LawReport[]> {
  const { laws } = await readReport(reportFolder());
  return laws.filter(({ verdict }) => verdict === "broken");
}

async function readJunit(): Promise<unknown> {
  return convert(await readFile(join(reportFolder(), "junit.xml"), "utf8"), { format: "object" });
}

async function copyMigrations(): Promise<string> {
  const folder = join(work, "sql");
  await cp(join(checkout, "sql"), folder, { recursive: true });
  return folder;
}

/** Fails if the change changes nothing, so that a spec cannot try the sound text by mistake. */
async function edit(file: string, change: (text: string) => string): Promise<void> {
  const before = await readFile(file, "utf8");
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(file, after);
}

/** The witness of a law as it was printed, from its claim to its command. */
function witnessText(stdout: string, lawId: string): string {
  const from = stdout.indexOf(`✗ ${lawId}\n`);
  return stdout.slice(from, stdout.indexOf("  again", from));
}
