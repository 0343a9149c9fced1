/**
 * Goal: No row of an unexpected shape passes a pool, and values arrive whole.
 * Method: A pool on a real database is asked for rows that fit their schema and rows that do not.
 */
import type { DatabasePool } from "slonik";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { connectionUri } from "../../../harness/postgres/pool.ts";
import { sql } from "../../../harness/postgres/query.ts";
import { openScratchDatabase, type ScratchDatabase } from "../catalog/scratch-database.ts";

let database: ScratchDatabase;
let pool: DatabasePool;
beforeAll(async () => {
  database = await openScratchDatabase();
  pool = database.pool;
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

test("a row that fits comes out as its schema says", async () => {
  const length = z.object({ n: z.string().transform((text) => text.length) });

  expect(await pool.one(sql.type(length)`select 'four' as n`)).toEqual({ n: 4 });
});

test("a row that does not fit fails, naming the column and the query", async () => {
  const event = z.object({ id: z.number(), payload: z.object({ kind: z.string() }) });

  const asked = pool.any(sql.type(event)`
    select 1 as id, '{"kind": "a"}'::json as payload
    union all select 2, '{"kind": 7}'`);

  await expect(asked).rejects.toMatchObject({
    code: "ROW_DOES_NOT_FIT",
    message: expect.stringMatching(/column "payload\.kind": .*string.*Query: select 1 as id, /s),
  });
});

test("a column that is missing fails by name", async () => {
  const asked = pool.one(sql.type(z.object({ wanted: z.string() }))`select 'x' as given`);

  await expect(asked).rejects.toThrow('column "wanted"');
});

test("a schema that makes no row of a row fails", async () => {
  const text = z.object({ n: z.string() }).transform(({ n }) => n);

  await expect(pool.one(sql.type(text)`select 'x' as n`)).rejects.toMatchObject({
    code: "ROW_DOES_NOT_FIT",
  });
});

test("a bigint is a number while that is exact, and instants keep their microseconds", async () => {
  const row = z.object({ near: z.number(), far: z.bigint(), at: z.string(), day: z.string() });

  const query = sql.type(row)`
    select 9007199254740991 as near, 9007199254740993 as far,
      timestamp '2026-01-02 03:04:05.678901' as at, date '2026-01-02' as day`;

  expect(await pool.one(query)).toEqual({
    near: 9007199254740991,
    far: 9007199254740993n,
    at: "2026-01-02 03:04:05.678901",
    day: "2026-01-02",
  });
});

test("a socket's folder and odd names are spelled so that a URI holds them", () => {
  const uri = connectionUri({ host: "/tmp/a b", port: 5432, database: "d/1", role: "r@x" });

  expect(uri).toBe("postgres://r%40x@%2Ftmp%2Fa%20b:5432/d%2F1");
});
