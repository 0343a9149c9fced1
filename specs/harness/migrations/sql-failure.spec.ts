/**
 * Goal: An SQL error of any kind points at the place of the file that a person must look at.
 * Method: Files that fail in each way a server knows, with characters of several bytes before, applied for real.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyRevision } from "../../../harness/migrations/apply-revision.ts";
import { SqlFailure } from "../../../harness/source/sql-failure.ts";
import { deployer, openScratch, type Scratch } from "./scratch.ts";
import { scratchRevision } from "./scratch-revision.ts";

let scratch: Scratch;
beforeAll(async () => {
  scratch = await openScratch("failure");
});
afterAll(async () => {
  await scratch.close();
});

/** In each file, the place that must be pointed at stands behind `»`. */
test.each([
  [
    "an unknown column behind wide characters",
    "select '😀ü漢';\r\nselect 'ä😀', »nothing;\n",
    "42703",
  ],
  ["an error without a position", "select 1;\n\n-- ü\n  »create schema public;", "42P06"],
  ["a syntax error", "select '😀';\nselect 1 frm, »from x;", "42601"],
  ["a syntax error at the end", "create table t (\n  n int»\n\n", "42601"],
  ["a statement that the server's parser knows not", "select 1;\n»frobnicate;", "42601"],
  [
    "an exception of a block",
    "do $$\nbegin\n  perform 1;\n  »raise exception 'no';\nend $$;",
    "P0001",
  ],
  [
    "a block whose body begins on the first line, in a language that is named",
    "do language 'plpgsql' $x$ begin\n\t»raise exception 'no'; end $x$;",
    "P0001",
  ],
  [
    "a statement of a block",
    "do $$\ndeclare x int;\nbegin\n  /* ü */ select '😀', »nothing\n    into x;\nend $$;",
    "42703",
  ],
  [
    "a column behind the into of a statement of a block",
    "do $$\ndeclare x int;\nbegin\n  select 1 into strict x\n  from pg_class where »nothing;\nend $$;",
    "42703",
  ],
  [
    "an expression of a block",
    "do $$\nbegin\n  if 1 = »nothing then null; end if;\nend $$;",
    "42703",
  ],
  ["an error of PL/pgSQL in a block", "do $$\nbegin\n  »x := 1;\nend $$;", "42601"],
  [
    "an error of PL/pgSQL in a function",
    "select '😀';\ncreate function f() returns int language plpgsql as $$\nbegin\n  »x := 1;\nend $$;",
    "42601",
  ],
  [
    "a function of SQL",
    "create function f() returns int language sql as $$ select '😀', »nothing $$;",
    "42703",
  ],
  [
    "a function that is called by a block",
    "create function f() returns int language plpgsql as $$ begin raise exception 'no'; end $$;\n" +
      "do $$ begin\n  »perform f();\nend $$;",
    "P0001",
  ],
  [
    "a function that is called by a statement",
    "create function f() returns int language plpgsql as $$ begin raise exception 'no'; end $$;\n»select f();",
    "P0001",
  ],
])("points at %s", async (_, marked, sqlstate) => {
  const sql = marked.replace("»", "");

  const error = await failureOf(sql);

  const before = marked.slice(0, marked.indexOf("»")).split("\n");
  expect(error).toMatchObject({
    sqlstate,
    line: before.length,
    column: Array.from(before.at(-1) ?? "").length + 1,
  });
});

test("shows the line, a caret, and all that PostgreSQL says", async () => {
  const error = await failureOf(
    "do $$ begin\n\traise exception 'no' using detail = 'why\nnot', hint = 'look', errcode = '22023';\nend $$;",
  );

  expect(error.message.split("\n")).toEqual([
    "sql/001_first.up.sql:2:2: ERROR 22023: no",
    "   2 | \traise exception 'no' using detail = 'why",
    "     | \t^",
    "  detail: why",
    "    not",
    "  hint: look",
    "  where: PL/pgSQL function inline_code_block line 2 at RAISE",
    "001_first was not applied: its transaction was taken back, and the database is as before, at no revision.",
  ]);
  expect(error).toMatchObject({ serverMessage: "no", detail: "why\nnot", hint: "look" });
});

test("shows a statement that stands nowhere in the file", async () => {
  const error = await failureOf("do $$ begin execute 'select ' || '''ü'', not' || 'hing'; end $$;");

  expect(error.message).toContain(
    "  statement inside:\n   1 | select 'ü', nothing\n     |             ^",
  );
});

test("says how a statement that cannot run in a transaction is run", async () => {
  const error = await failureOf("vacuum;");

  expect(error).toMatchObject({ sqlstate: "25001", line: 1 });
  expect(error.message).toContain('begin a line with "-- rehearsal: no-transaction"');
});

async function failureOf(sql: string): Promise<SqlFailure> {
  await using database = await scratch.open();
  await using session = await deployer(database);
  const error: unknown = await applyRevision(session, scratchRevision(sql)).catch(
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SqlFailure)) throw new Error("no SQL failed", { cause: error });
  return error;
}
