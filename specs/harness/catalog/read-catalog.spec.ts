/**
 * Goal: A snapshot depends on what is in the database and on nothing else.
 * Method: The same real database is read twice with something in between that must not matter, or must.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { compareCatalogs, isEmptyDifference } from "../../../harness/catalog/compare-catalogs.ts";
import { readCatalog } from "../../../harness/catalog/read-catalog.ts";
import { renderDifference } from "../../../harness/catalog/render-difference.ts";
import { sql } from "../../../harness/postgres/query.ts";
import { z } from "zod";
import { openScratchDatabase, type ScratchDatabase } from "./scratch-database.ts";

let database: ScratchDatabase;
beforeAll(async () => {
  database = await openScratchDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

test("rows, sequence positions and statistics are no part of it", async () => {
  await database.run("create table t (id integer generated always as identity, a text)");
  const before = await database.read();

  await database.run("insert into t (a) values ('x'), ('y')");
  await database.run("select setval('t_id_seq', 500); analyze t");

  expect(compareCatalogs(before, await database.read())).toEqual(nothing);
});

test("a privilege given and taken back leaves nothing, though a list now stands where none stood", async () => {
  await database.run("create function f() returns void language sql as ''");
  const before = await database.read();

  await database.run("grant execute on function f to <reader>");
  await database.run("revoke execute on function f from <reader>");

  expect(compareCatalogs(before, await database.read())).toEqual(nothing);
});

test("a privilege that a role other than the owner gave is told with its giver", async () => {
  await database.run(
    "create table given (a integer); grant select on given to <reader> with grant option",
  );
  const before = await database.read();

  await database.run("set role <reader>; grant select on given to <writer>; reset role");

  expect(await linesSince(before)).toEqual([
    "+ grant select on table public.given to writer granted by reader",
  ]);
});

test("default privileges for all schemas are told by what they give and take", async () => {
  const before = await database.read();

  await database.run(
    "alter default privileges for role <writer> revoke execute on functions from public",
  );
  await database.run(
    "alter default privileges for role <writer> grant select on tables to <reader>",
  );

  expect(await linesSince(before)).toEqual([
    "+ default grant select on tables to reader by writer",
    "+ default revoke execute on functions from public by writer",
  ]);
});

test("the columns of a view come and go with it", async () => {
  await database.run("create table viewed (a integer, b integer)");
  const before = await database.read();

  await database.run("create view seen as select a, b from viewed");

  const { more } = compareCatalogs(before, await database.read());
  expect(more.filter(({ kind }) => kind === "column").map(({ of }) => of)).toEqual([
    "view public.seen",
    "view public.seen",
  ]);
});

test("members of an extension are told by the extension alone", async () => {
  await database.run(
    `insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
     select 90000, 'tools', extowner, extnamespace, true, '1.0' from pg_extension where extname = 'plpgsql'`,
  );
  const before = await database.read();

  await database.run(
    `create table member (a integer check (a > 0)); comment on table member is 'x';
     create index on member (a); alter extension tools add table member`,
  );

  expect(compareCatalogs(before, await database.read())).toEqual(nothing);
});

test("temporary objects are no part of it", async () => {
  const before = await database.read();

  await database.run("create temporary table fleeting (a integer)");

  expect(compareCatalogs(before, await database.read())).toEqual(nothing);
});

test("the settings of the session do not matter and are left as they were", async () => {
  await database.run(
    "create table settled (a timestamptz default '2026-01-01 00:00+00', b interval default '1 day')",
  );
  const plain = await database.read();

  await database.pool.connect(async (connection) => {
    await connection.transaction(async (transaction) => {
      await transaction.query(statement`set local search_path to public`);
      await transaction.query(statement`set local TimeZone to 'Asia/Tokyo'`);
      await transaction.query(statement`set local IntervalStyle to 'iso_8601'`);
      const { roles } = database;
      expect(await readCatalog(transaction, { roles })).toEqual(plain);
      expect(
        await transaction.oneFirst(
          sql.type(z.object({ zone: z.string() }))`select current_setting('TimeZone') as zone`,
        ),
      ).toBe("Asia/Tokyo");
    });
  });
});

test("a role without any right reads the same", async () => {
  const all = await database.read();
  const { roles } = database;
  const reader = Object.keys(roles).find((role) => roles[role] === "reader") ?? "";

  await database.pool.transaction(async (transaction) => {
    await transaction.query(statement`set local role ${sql.identifier([reader])}`);

    expect(await readCatalog(transaction, { roles })).toEqual(all);
  });
});

test("what is there twice gives the same text twice", async () => {
  expect(JSON.stringify(await database.read())).toBe(JSON.stringify(await database.read()));
});

test("another database with the same objects under other roles is equal, down to the slots", async () => {
  await using one = await openScratchDatabase();
  await using other = await openScratchDatabase();
  for (const each of [one, other]) {
    await each.run(
      `create schema shop authorization <writer>; create table shop.t (a integer primary key, b text);
       alter table shop.t drop b; grant select on shop.t to <reader>; create policy y on shop.t to <writer>`,
    );
  }

  const difference = compareCatalogs(await one.read(), await other.read());

  expect(isEmptyDifference(difference, "physical")).toBe(true);
});

test("two roles under one label are refused where they can no longer be told apart", async () => {
  await database.run("create table mixed (a integer); grant select on mixed to <reader>, <writer>");
  const roles = Object.fromEntries(Object.keys(database.roles).map((role) => [role, "somebody"]));

  await expect(readCatalog(database.pool, { roles })).rejects.toMatchObject({
    code: "CATALOG_NAME_TAKEN",
  });
});

const statement = sql.type(z.unknown());

const nothing = { more: [], less: [], changed: [], physical: [] };

async function linesSince(before: Awaited<ReturnType<ScratchDatabase["read"]>>): Promise<string[]> {
  return renderDifference(compareCatalogs(before, await database.read())).split("\n");
}
