/**
 * Goal: Every PostgreSQL that the harness can open does the same: embedded of each major, in a container, or somebody
 * else's.
 * Method: The same tests against each provider, on a server of their own. Where there is no Docker engine, the title of
 * what is skipped says so.
 */
import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { findDockerEngine } from "../../../harness/host/docker.ts";
import { endRun } from "../../../harness/host/end-run.ts";
import { createRunFolder, readEntries, type RunFolder } from "../../../harness/host/run-folder.ts";
import { createDatabase, type Database, databaseName } from "../../../harness/postgres/database.ts";
import { openPostgres } from "../../../harness/postgres/open-postgres.ts";
import { parsePostgresChoice, supportedMajors } from "../../../harness/postgres/postgres-choice.ts";
import { sql } from "../../../harness/postgres/query.ts";
import type { PostgresServer } from "../../../harness/postgres/server.ts";
import type { Session } from "../../../harness/postgres/session.ts";
import {
  enterTenancy,
  leaveTenancy,
  openAdminSession,
  type Tenancy,
} from "../../../harness/postgres/tenancy.ts";
import { readEnvironment } from "../../../harness/verify/environment.ts";
import { leftoversOf } from "./leftovers.ts";

const engine = await findDockerEngine();
const { postgresImage } = readEnvironment();

const providers = [
  ...supportedMajors.map((major) => ({ choice: `embedded:${major}`, without: "" })),
  { choice: "docker", without: engine.kind === "unreachable" ? engine.reason : "" },
].map(({ choice, without }) => ({ choice, without, title: titleOf({ choice, without }) }));

describe.for(providers)("PostgreSQL from $title", ({ choice, without }) => {
  let run: RunFolder;
  let server: PostgresServer;
  let tenancy: Tenancy;
  beforeAll(async () => {
    run = await createRunFolder();
    if (without !== "") return;
    const parsed = parsePostgresChoice(choice, {
      external: false,
      ...(postgresImage === undefined ? {} : { image: postgresImage }),
    });
    server = await openPostgres(parsed, run);
    tenancy = await enterTenancy(server.address, { runId: run.runId, roleLabels: ["app"] });
  });
  // Also when a test failed on the way.
  afterAll(() => endRun(run));
  beforeEach(({ skip }) => skip(without !== "", without));

  test("it is what it says", async () => {
    await using admin = await openAdminSession(server.address);

    const { version, number } = await admin.one(told);

    expect(server.address.version).toBe(version.split(" ")[0]);
    expect(server.address.versionNum).toBe(number);
    expect(choice).toMatch(new RegExp(`^(docker|embedded:${Math.floor(number / 10_000)})$`));
  });

  test("its administrator can do all, the deployer owns and the application nothing", async () => {
    await using admin = await openAdminSession(server.address);

    const roles = await admin.all(sql.type(role)`
      select rolname as name, rolsuper as super, rolcreatedb or rolcreaterole as makes
      from pg_roles where rolname !~ '^pg_' order by 1`);

    expect(roles).toEqual(
      [
        { name: server.address.adminRole, super: true, makes: true },
        { name: tenancy.roles["app"]?.role, super: false, makes: false },
        { name: tenancy.deployer.role, super: false, makes: false },
      ].toSorted((one, other) => String(one.name).localeCompare(String(other.name))),
    );
  });

  test("a clone has what its template has, and goes its own way", async () => {
    await using template = await create("template", "template0");
    await fill(template, "from the template");
    await using clone = await create("clone", template.name);

    await fill(clone, "its own");

    expect(await contents(template)).toEqual(["from the template"]);
    expect(await contents(clone)).toEqual(["from the template", "its own"]);
  });

  test("a deadlock is found within moments", async () => {
    await using database = await create("deadlock", "template0");
    await using one = await deployer(database);
    await using other = await deployer(database);
    await one.run("create table slot (n integer primary key); insert into slot values (1), (2)");
    await one.run("begin; select from slot where n = 1 for update");
    await other.run("begin; select from slot where n = 2 for update");

    const answers = await Promise.all([
      one.answer(sql.type(z.unknown())`select from slot where n = 2 for update`),
      other.answer(sql.type(z.unknown())`select from slot where n = 1 for update`),
    ]);

    const kinds = answers.map((answer) =>
      answer.kind === "error" ? answer.sqlstate : answer.kind,
    );
    expect(kinds.toSorted()).toEqual([deadlockDetected, "rows"]);
  });

  test("killed and started, it has what was committed and nothing else", async () => {
    await using database = await create("mortal", "template0");
    await fill(database, "committed");
    const open = await deployer(database);
    await open.run("begin; insert into note values ('not committed')");
    const { address } = server;

    await server.kill();
    const answer = await open.answer(sql.type(z.unknown())`select 1`);
    await server.start();

    expect(answer.kind).toBe("lost");
    expect(server.address).toBe(address);
    expect(await contents(database)).toEqual(["committed"]);
  });

  test("killed again and again, it comes back each time", async () => {
    for (let round = 0; round < 3; round += 1) {
      await server.kill();
      await server.start();
    }

    await using admin = await openAdminSession(server.address);
    expect(await admin.one(told)).toMatchObject({ number: server.address.versionNum });
  });

  test("leaving it takes every database and role of the run away", async () => {
    const database = await create("left-open", "template0");
    await using idle = await deployer(database);

    await leaveTenancy(tenancy);

    await using admin = await openAdminSession(server.address);
    const left = await admin.all(sql.type(z.object({ name: z.string() }))`
      select datname as name from pg_database where starts_with(datname, 'rehearsal_' || ${run.runId})
      union all select rolname from pg_roles where starts_with(rolname, 'rehearsal_' || ${run.runId})`);
    expect(left).toEqual([]);
    expect((await idle.answer(told)).kind).not.toBe("rows");
  });

  test("disposed while it is killed, it leaves nothing", async () => {
    await server.kill();

    await server[Symbol.asyncDispose]();

    expect(readEntries(run)).toEqual([]);
    expect(await leftoversOf(run)).toEqual([]);
  });

  function create(purpose: string, template: string): Promise<Database> {
    return createDatabase(tenancy, databaseName(tenancy, purpose), template);
  }
});

test("two embedded servers of one run do not meet, and a disposed one leaves the other alone", async () => {
  const run = await createRunFolder();
  await using ending = new AsyncDisposableStack();
  ending.defer(() => endRun(run));
  const choice = parsePostgresChoice("embedded", { external: false });
  const one = await openPostgres(choice, run);
  const other = await openPostgres(choice, run);

  await one[Symbol.asyncDispose]();

  await using admin = await openAdminSession(other.address);
  expect(await admin.one(told)).toMatchObject({ number: other.address.versionNum });
  expect(existsSync(one.address.host)).toBe(false);
  await other[Symbol.asyncDispose]();
});

test.skipIf(!existsSync("/proc/sysvipc/shm"))(
  "a killed embedded server leaves no shared memory",
  async () => {
    const run = await createRunFolder();
    await using ending = new AsyncDisposableStack();
    ending.defer(() => endRun(run));
    const server = await openPostgres(parsePostgresChoice("embedded", { external: false }), run);
    const pidFile = readFileSync(join(server.address.host, "data/postmaster.pid"), "utf8");
    const segment = pidFile.split("\n")[6]?.trim().split(/\s+/)[1] ?? "";
    const before = sharedMemory();

    await server.kill();

    expect(before).toContain(segment);
    expect(sharedMemory()).not.toContain(segment);
    expect(await readdir(server.address.host)).not.toContain(".s.PGSQL.5432");
    await server[Symbol.asyncDispose]();
  },
);

test("a server whose port another program took while it was down says so, and comes back when that is gone", async ({
  skip,
}) => {
  skip(engine.kind === "unreachable", engine.kind === "unreachable" ? engine.reason : "");
  const run = await createRunFolder();
  await using ending = new AsyncDisposableStack();
  ending.defer(() => endRun(run));
  const choice = parsePostgresChoice("docker", {
    external: false,
    ...(postgresImage === undefined ? {} : { image: postgresImage }),
  });
  await using server = await openPostgres(choice, run);
  const { port } = server.address;
  await server.kill();

  const taker = await listenOn(port);
  const refused = await server.start().catch((error: unknown) => error);
  await new Promise((resolve) => void taker.close(resolve));

  expect(refused).toMatchObject({ code: "PORT_TAKEN", exitCode: 3 });
  expect(String(refused)).toContain(`port ${port}`);
  await server.start();
  await using admin = await openAdminSession(server.address);
  expect(await admin.one(told)).toMatchObject({ number: server.address.versionNum });
});

const deadlockDetected = "40P01";

const told = sql.type(z.object({ version: z.string(), number: z.int() }))`
  select current_setting('server_version') as version,
    current_setting('server_version_num')::int as number`;

const role = z.object({ name: z.string(), super: z.boolean(), makes: z.boolean() });

/** The numbers of the system's segments of shared memory. */
function sharedMemory(): string[] {
  const lines = readFileSync("/proc/sysvipc/shm", "utf8").split("\n");
  return lines.map((line) => line.trim().split(/\s+/)[1] ?? "");
}

function listenOn(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const listener = createServer().once("error", reject);
    listener.listen(port, "127.0.0.1", () => resolve(listener));
  });
}

function titleOf({ choice, without }: { choice: string; without: string }): string {
  return without === "" ? choice : `${choice} (skipped: ${without})`;
}

function deployer(database: Database): Promise<Session> {
  return database.connect({ name: "deployer", role: "deployer" });
}

async function fill(database: Database, text: string): Promise<void> {
  await using session = await deployer(database);
  await session.run("create table if not exists note (text text)");
  await session.run("insert into note values ($1)", [text]);
}

async function contents(database: Database): Promise<string[]> {
  await using session = await deployer(database);
  const rows = await session.all(sql.type(z.object({ text: z.string() }))`
    select text from note order by 1`);
  return rows.map(({ text }) => text);
}
