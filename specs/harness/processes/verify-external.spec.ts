/**
 * Goal: On a server of somebody else's a rehearsal needs a password that it never shows, touches only what it made, and
 * leaves nothing, however it ends.
 * Method: A server that asks for passwords stands in for somebody else's; real processes of `scripts/verify.ts` use it
 * as a role that may create databases and roles and is no superuser. Where else a password may stand is tried by whether
 * it opens the server.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { endRun } from "../../../harness/host/end-run.ts";
import { createRunFolder } from "../../../harness/host/run-folder.ts";
import { openPostgres } from "../../../harness/postgres/open-postgres.ts";
import { parsePostgresChoice } from "../../../harness/postgres/postgres-choice.ts";
import { sql } from "../../../harness/postgres/query.ts";
import type { ServerAddress } from "../../../harness/postgres/server.ts";
import { openSession, type Session } from "../../../harness/postgres/session.ts";
import type { Environment } from "../../../harness/verify/environment.ts";
import { readChoices } from "../../../harness/verify/read-choices.ts";
import { parseSettings, type Settings } from "../../../harness/verify/settings.ts";
import { openAdminSession } from "../../../harness/postgres/tenancy.ts";
import {
  readReport,
  openTemporary,
  startVerify,
  type Temporary,
  type VerifyProcess,
} from "./verify-process.ts";

const secret = "correct horse";
const wrong = "battery staple";

const resources = new AsyncDisposableStack();
let admin: Session;
let url: string;
beforeAll(async () => {
  const run = await createRunFolder();
  resources.defer(() => endRun(run));
  const choice = parsePostgresChoice("embedded", { external: false });
  const { address } = resources.use(await openPostgres(choice, run));
  admin = resources.use(await openAdminSession(address));
  await admin.run(`create role guest login createdb createrole password '${secret}'`);
  await admin.run("create database theirs owner guest");
  url = `postgres://guest@${encodeURIComponent(address.host)}:${address.port}/theirs`;
  await askForPasswords(address.adminRole);
  await untilRefused(address);
});
afterAll(() => resources.disposeAsync());

let temporary: Temporary;
beforeEach(async () => {
  temporary = await openTemporary();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
});

test("with the right password laws are tried there, but on one that may be killed where they must kill it, and afterwards the server is as before", async () => {
  const before = await inventory();

  const { code, stdout } = await start(
    ["--law", "lock.{rollback,never-shorter}", "--app-role", "their_worker"],
    secret,
  ).ended();

  expect(stdout).toMatch(/on PostgreSQL 18\.\d+ \(external\)/);
  expect(code).toBe(0);
  const { laws } = await readReport(join(temporary.path, "report"));
  expect(laws).toMatchObject([
    {
      id: "lock.never-shorter",
      verdict: "holds",
      evidence: { notes: [expect.stringContaining("an embedded PostgreSQL 18 was")] },
    },
    { id: "lock.rollback", verdict: "holds", evidence: { notes: [] } },
  ]);
  expect(await inventory()).toEqual(before);
  expect(await temporary.leftovers()).toEqual(["report"]);
});

test("a wrong password is bad input and is printed nowhere", async () => {
  const { code, stdout, stderr } = await start([], wrong).ended();

  expect(code).toBe(2);
  expect(stderr).toMatch(/refused the role or its password.*PGPASSWORD/s);
  expect(stdout + stderr).not.toContain(wrong);
});

test("no password at all is bad input as well", async () => {
  const { code, stderr } = await start([]).ended();

  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("--password-file") });
  expect(stderr).not.toMatch(/warning/i);
});

test("the password may stand in a file", async () => {
  const passwordFile = join(temporary.path, "password");
  await writeFile(passwordFile, `${secret}\n`);

  expect(await versionThere({ passwordFile })).toMatch(/^18\./);
});

test("the password may stand in a file of many, as psql reads it", async () => {
  const postgresPasswordsFile = join(temporary.path, "pgpass");
  await writeFile(postgresPasswordsFile, `*:*:*:guest:${secret}\n`, { mode: 0o600 });

  expect(await versionThere({}, { postgresPasswordsFile })).toMatch(/^18\./);
});

test("a role of that name which is there already is left alone", async () => {
  await admin.run("create role their_worker");
  onTestFinished(() => void admin.run("drop role their_worker"));
  const before = await inventory();

  const { code, stderr } = await start(["--app-role", "their_worker"], secret).ended();

  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("their_worker") });
  expect(await inventory()).toEqual(before);
});

test("a signal takes everything away from there, too", async () => {
  const before = await inventory();
  const run = start([], secret);
  await run.printed(/✓ /);

  run.child.kill("SIGTERM");
  const { code } = await run.ended();

  expect(code).toBe(143);
  expect(await inventory()).toEqual(before);
});

test("what a killed run left there goes when the server is next used", async () => {
  const before = await inventory();
  const run = start([], secret);
  await run.printed(/✓ /);
  run.child.kill("SIGKILL");
  await run.ended();
  const left = await inventory();

  const file = join(temporary.path, "password");
  await writeFile(file, `${secret}\n`);
  const { code } = await start(["--law", "lock.rollback", "--password-file", file]).ended();

  expect(left).not.toEqual(before);
  expect(code).toBe(0);
  expect(await inventory()).toEqual(before);
});

/** What the server says it is to whoever enters with these settings, in this process. */
async function versionThere(
  settings: Settings,
  environment: Partial<Environment> = {},
): Promise<string> {
  const parsed = parseSettings({ ...settings, postgres: url, external: true });
  const { postgres } = await readChoices(parsed, { path: "", ...environment });
  const run = await createRunFolder();
  onTestFinished(() => endRun(run));
  await using server = await openPostgres(postgres, run);
  return server.address.version;
}

/** With a password in `PGPASSWORD`, if any. */
function start(args: readonly string[], password?: string): VerifyProcess {
  const report = join(temporary.path, "report");
  const server = ["--external", "--postgres", url, "--redis", "none"];
  return startVerify([...server, "--effort", "quick", "--report", report, ...args], {
    temporary: temporary.path,
    environment: password === undefined ? {} : { PGPASSWORD: password },
  });
}

/** Every database and role that there is. */
async function inventory(): Promise<readonly string[]> {
  const names = await admin.all(sql.type(z.object({ name: z.string() }))`
    select 'database ' || datname as name from pg_database
    union all select 'role ' || rolname from pg_roles
    order by 1`);
  return names.map(({ name }) => name);
}

/** Of everybody but the administrator. */
async function askForPasswords(administrator: string): Promise<void> {
  const rules = [`local all ${administrator} trust`, "local all all scram-sha-256"];
  const { file } = await admin.one(sql.type(z.object({ file: z.string() }))`
    select current_setting('hba_file') as file`);
  const lines = rules.map((rule) => `('${rule}')`).join(", ");
  await admin.run(`copy (values ${lines}) to '${file}'`);
  await admin.run("select pg_reload_conf()");
}

/** The server reads its rules again in its own time. */
async function untilRefused(address: ServerAddress): Promise<void> {
  const login = { database: "theirs", role: "guest", password: wrong, name: "try" };
  let refused = false;
  while (!refused) {
    refused = await openSession(address, login).then(
      (session) => session[Symbol.asyncDispose]().then(() => false),
      (error: unknown) => String(error).includes("password"),
    );
  }
}
