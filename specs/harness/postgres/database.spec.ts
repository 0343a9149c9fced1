/**
 * Goal: A database of a run can be emptied, aged, kept and dropped, and its next user finds nothing of the one before.
 * Method: Small databases with what gets in the way (foreign keys, sequences, rows that a migration brought, generated
 * columns, a caller's own instants) are put through it.
 */
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import {
  createDatabase,
  type Database,
  databaseName,
  type DatabaseOptions,
} from "../../../harness/postgres/database.ts";
import { sql } from "../../../harness/postgres/query.ts";
import type { Session } from "../../../harness/postgres/session.ts";
import { openAdminSession } from "../../../harness/postgres/tenancy.ts";
import { openScratchTenancy, type ScratchTenancy } from "./scratch-tenancy.ts";

let scratch: ScratchTenancy;
beforeAll(async () => {
  scratch = await openScratchTenancy();
});
afterAll(() => scratch[Symbol.asyncDispose]());

test("it belongs to the deployer, and its URL names it without a password", async () => {
  const database = await open("");
  const { deployer: owner, address } = scratch.tenancy;

  expect(
    await ask(
      database,
      "select datdba::regrole::text as it from pg_database where datname = current_database()",
    ),
  ).toEqual([owner.role]);
  expect(database.url).toBe(
    `postgres://${owner.role}@${encodeURIComponent(address.host)}:${address.port}/${database.name}`,
  );
});

test("a role that the binding does not name is told", async () => {
  const database = await open("");

  expect(() => database.connect({ name: "x", role: "stranger" })).toThrow('no role "stranger"');
});

test("emptied, it has the rows it began with, and its numbers start again", async () => {
  const database = await open(`
    create table part (id integer generated always as identity primary key, twice integer generated always as (1 + 1) stored, name text);
    create table whole (id serial primary key, part integer references part);
    insert into part (name) values ('brought'), ('along');`);
  await database.empty();
  await using session = await deployer(database);
  await session.run(
    "update part set name = 'changed' where id = 1; insert into part (name) values ('new')",
  );
  await session.run("insert into whole (part) values (3), (1)");

  await database.empty();

  expect(await ask(database, "select id || ' ' || name as it from part order by id")).toEqual([
    "1 brought",
    "2 along",
  ]);
  expect(await ask(database, "select id::text as it from whole")).toEqual([]);
  await session.run("insert into part (name) values ('next'); insert into whole (part) values (3)");
  expect(
    await ask(
      database,
      "select p.id || ' ' || w.id as it from whole w join part p on p.id = w.part",
    ),
  ).toEqual(["3 1"]);
});

test("emptied, it keeps the rows of a table that is named", async () => {
  const database = await open("create table ledger (id text); create table box (n integer)", {
    keepRowsOf: ["public.ledger"],
  });
  await database.empty();
  await using session = await deployer(database);
  await session.run("insert into ledger values ('021'); insert into box values (1)");

  await database.empty();

  expect(
    await ask(database, "select id as it from ledger union all select n::text from box"),
  ).toEqual(["021"]);
});

test("time passes for what the tables remember, but not for a caller's own instants", async () => {
  const database = await open(
    `create table lease (name text, expires timestamptz, told timestamptz, whole date, local timestamp,
      twice text generated always as (name || name) stored);
    insert into lease values ('a', '2026-01-02 00:00:10Z', '2026-01-02 00:00:10Z', '2026-01-02', '2026-01-02 00:00:10');
    insert into lease values ('none')`,
    { callersInstants: ["public.lease.told"] },
  );

  await database.advance(70.5);

  expect(
    await ask(
      database,
      `
    select concat_ws(' | ', name, expires at time zone 'utc', told at time zone 'utc', whole, local, twice) as it
    from lease order by name`,
    ),
  ).toEqual([
    "a | 2026-01-01 23:58:59.5 | 2026-01-02 00:00:10 | 2026-01-02 | 2026-01-02 00:00:10 | aa",
    "none | nonenone",
  ]);
});

test("time passes where there is no instant to move, too", async () => {
  const database = await open("create table box (n integer); insert into box values (1)");

  await database.advance(1);

  expect(await ask(database, "select n::text as it from box")).toEqual(["1"]);
});

test("a session that is lent again has nothing of its former user", async () => {
  const database = await open("create table box (n integer)");
  const first = await database.lend({ name: "first", role: "deployer", isolation: "serializable" });
  await first.run(
    "set search_path = nowhere; select pg_advisory_lock(1); prepare plan as select 1; create temp table t ()",
  );
  await first.run("begin; insert into public.box values (1)");
  await database.rest(first);

  const second = await database.lend({ name: "second", role: "deployer" });

  expect(second.pid).toBe(first.pid);
  expect(second.name).toBe("second");
  const left = await second.one(sql.type(z.record(z.string(), z.unknown()))`
    select current_setting('application_name') as name, current_setting('search_path') as path,
      current_setting('transaction_isolation') as isolation, (select count(*)::int from box) as rows,
      (select count(*)::int from pg_prepared_statements) as plans, to_regclass('t')::text as temp,
      (select count(*)::int from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks`);
  expect(left).toEqual({
    name: "rehearsal second",
    path: '"$user", public',
    isolation: "read committed",
    rows: 0,
    plans: 0,
    temp: null,
    locks: 0,
  });
  await database.rest(second);
});

test("a lent session that was cut is let go, and another one comes in its place", async () => {
  const database = await open("");
  const first = await database.lend({ name: "first", role: "app" });
  first.drop();
  await database.rest(first);

  const second = await database.lend({ name: "second", role: "app" });

  expect(second.pid).not.toBe(first.pid);
  await database.rest(second);
});

test("disposed it is dropped, whoever is still in it", async () => {
  const database = await scratch.create();
  await using idle = await database.connect({ name: "idle", role: "app" });

  await database[Symbol.asyncDispose]();

  expect(await databases()).not.toContain(database.name);
  expect((await idle.answer(sql.type(z.unknown())`select 1`)).kind).not.toBe("rows");
});

test("kept it stays when it is disposed", async () => {
  const database = await scratch.create();
  database.keep();

  await database[Symbol.asyncDispose]();

  expect(await databases()).toContain(database.name);
});

test("a clone has all that its template has", async () => {
  const template = await scratch.create("create table box (n integer); insert into box values (7)");

  await using clone = await createDatabase(
    scratch.tenancy,
    databaseName(scratch.tenancy, "clone"),
    template.name,
  );

  expect(await ask(clone, "select n::text as it from box")).toEqual(["7"]);
  await template[Symbol.asyncDispose]();
});

async function open(setup: string, options: DatabaseOptions = {}): Promise<Database> {
  const database = await scratch.create(setup, options);
  onTestFinished(() => database[Symbol.asyncDispose]());
  return database;
}

function deployer(database: Database): Promise<Session> {
  return database.connect({ name: "deployer", role: "deployer" });
}

/** The column `it` of every row. */
async function ask(database: Database, text: string): Promise<string[]> {
  await using session = await deployer(database);
  const { rows } = await session.run(text);
  return z
    .array(z.object({ it: z.string() }))
    .parse(rows)
    .map(({ it }) => it);
}

async function databases(): Promise<string[]> {
  await using admin = await openAdminSession(scratch.tenancy.address);
  const rows = await admin.all(sql.type(z.object({ name: z.string() }))`
    select datname as name from pg_database`);
  return rows.map(({ name }) => name);
}
