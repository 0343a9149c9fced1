/**
 * Goal: A session tells what the server said and nothing else: rows, errors and the end of the connection apart.
 * Method: Sessions on a real database are asked, refused, cut and given settings.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { Database } from "../../../harness/postgres/database.ts";
import { plainText, sql } from "../../../harness/postgres/query.ts";
import { openSession, type Session } from "../../../harness/postgres/session.ts";
import { openScratchTenancy, type ScratchTenancy } from "./scratch-tenancy.ts";

let scratch: ScratchTenancy;
let database: Database;
beforeAll(async () => {
  scratch = await openScratchTenancy();
  database = await scratch.create("create table box (n integer constraint positive check (n > 0))");
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

const number = z.object({ n: z.int() });

test("rows come parsed by their schema", async () => {
  await using session = await deployer();

  expect(await session.answer(sql.type(number)`select ${7}::int as n`)).toEqual({
    kind: "rows",
    rows: [{ n: 7 }],
  });
});

test("an SQL error is an answer, with its state and the constraint it is about", async () => {
  await using session = await deployer();

  expect(await session.answer(plainText("insert into box values (-1)"))).toMatchObject({
    kind: "error",
    sqlstate: "23514",
    constraint: "positive",
    message: expect.stringContaining("violates check constraint"),
  });
});

test("whoever asks for rows gets the driver's error thrown", async () => {
  await using session = await deployer();

  await expect(session.all(sql.type(number)`select 1/0 as n`)).rejects.toMatchObject({
    code: "22012",
  });
});

test.for(["select from generate_series(1, 2)", "select where false"])(
  "%s is not one row",
  async (text) => {
    await using session = await deployer();

    await expect(session.one(plainText(text))).rejects.toMatchObject({ code: "NOT_ONE_ROW" });
  },
);

test("a session that was cut answers that it is lost, and the server lets go of its locks", async () => {
  const cut = await deployer();
  await cut.run("begin; lock table box");
  await using other = await deployer();

  cut.drop();
  const answer = await cut.answer(plainText("select 1"));
  const waited = await other.answer(plainText("lock table box"));

  expect(answer.kind).toBe("lost");
  // Outside a transaction the lock is refused, but only once it would have been had.
  expect(waited).toMatchObject({ kind: "error", sqlstate: "25P01" });
});

test("a session that the server ended answers that it is lost", async () => {
  const ended = await deployer();
  await using other = await deployer();

  await other.run("select pg_terminate_backend($1, 5000)", [ended.pid]);

  expect((await ended.answer(plainText("select 1"))).kind).toBe("lost");
});

test("it is known to the server by its name, process, isolation and settings", async () => {
  await using session = await database.connect({
    name: "one",
    role: "app",
    isolation: "serializable",
    settings: { search_path: "pg_catalog, public", "spec.word": String.raw`back\slash and blank` },
  });

  const told = await session.one(sql.type(z.record(z.string(), z.unknown()))`
    select current_setting('application_name') as name, pg_backend_pid() as pid, current_user as role,
      current_setting('transaction_isolation') as isolation, current_setting('search_path') as path,
      current_setting('spec.word') as word`);

  expect(told).toEqual({
    name: "rehearsal one",
    pid: session.pid,
    role: scratch.tenancy.roles["app"]?.role,
    isolation: "serializable",
    path: "pg_catalog, public",
    word: String.raw`back\slash and blank`,
  });
});

test("one that is refused leaves no connection behind", async () => {
  const { address, deployer: login } = scratch.tenancy;
  const nowhere = { ...login, database: "nowhere", name: "refused" };

  await expect(openSession(address, nowhere)).rejects.toMatchObject({ code: "3D000" });

  await using session = await deployer();
  const refused = sql.type(number)`
    select count(*)::int as n from pg_stat_activity where application_name = 'rehearsal refused'`;
  expect(await session.one(refused)).toEqual({ n: 0 });
});

function deployer(): Promise<Session> {
  return database.connect({ name: "deployer", role: "deployer" });
}
