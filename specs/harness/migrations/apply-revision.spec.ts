/**
 * Goal: A revision and its row in the ledger come and go together, or what is left behind is said.
 * Method: Small revisions on databases of their own, with two deployers where it takes two.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { applyRevision } from "../../../harness/migrations/apply-revision.ts";
import { alembicLedger, createLedger, readLedger } from "../../../harness/migrations/ledger.ts";
import { revertRevision } from "../../../harness/migrations/revert-revision.ts";
import type { SqlRunner } from "../../../harness/migrations/sql-runner.ts";
import type { AroundStep, Step } from "../../../harness/migrations/step.ts";
import { SqlFailure } from "../../../harness/source/sql-failure.ts";
import { deployer, openScratch, type Scratch } from "./scratch.ts";
import { scratchRevision } from "./scratch-revision.ts";

let scratch: Scratch;
beforeAll(async () => {
  scratch = await openScratch("apply");
});
afterAll(async () => {
  await scratch.close();
});

const first = scratchRevision("create table a (n int);\ninsert into a values (1);", {
  downSql: "drop table a;",
});
const second = scratchRevision("create table b (n int);", {
  id: "002_second",
  previousId: "001_first",
  upFile: "sql/002_second.up.sql",
  downSql: "drop table b;",
});

test("applies revisions and reverts them, the ledger with them", async () => {
  await using database = await scratch.open();
  await using session = await deployer(database);
  const seen: (string | null)[] = [];
  const look = async () => seen.push(await readLedger(session, alembicLedger));

  await applyRevision(session, first);
  await look();
  await applyRevision(session, second);
  await look();
  await revertRevision(session, second);
  await look();
  await revertRevision(session, first);
  await look();

  expect(seen).toEqual(["001_first", "002_second", "001_first", null]);
  expect(await relations(session)).toEqual(["alembic_version", "alembic_version_pkc"]);
});

test("makes the ledger that alembic makes", async () => {
  await using database = await scratch.open();
  await using session = await deployer(database);

  await applyRevision(session, first);

  const { rows } = await session.run(
    `select format_type(atttypid, atttypmod) as type, attnotnull, pg_get_constraintdef(c.oid) as key
       from pg_attribute join pg_constraint as c on conrelid = attrelid and contype = 'p'
      where attrelid = 'public.alembic_version'::regclass and attname = 'version_num'`,
  );
  expect(rows).toEqual([
    { type: "character varying(32)", attnotnull: true, key: "PRIMARY KEY (version_num)" },
  ]);
});

test("keeps the ledger where it is told to", async () => {
  await using database = await scratch.open();
  await using session = await deployer(database);
  const ledger = { schema: "public", table: 'odd "name"', column: "at" };

  await applyRevision(session, first, { ledger });

  expect(await readLedger(session, ledger)).toBe("001_first");
  expect(await relations(session)).toContain('odd "name"');
});

test("runs the statements of a transaction with its lock timeout and settings, and leaves neither", async () => {
  await using database = await scratch.open();
  await using session = await deployer(database);
  const revision = scratchRevision(
    "create table seen as select current_setting('lock_timeout') as timeout, current_setting('m.role') as role;",
  );

  await applyRevision(session, revision, { lockTimeoutMs: 1500, settings: { "m.role": "O'Hara" } });

  expect((await session.run("select * from seen")).rows).toEqual([
    { timeout: "1500ms", role: "O'Hara" },
  ]);
  expect(await setting(session, "lock_timeout")).toBe("0");
  expect(await setting(session, "m.role")).toBe("");
});

test("takes everything back when a statement fails", async () => {
  await using database = await scratch.open();
  await using session = await deployer(database);
  await applyRevision(session, first);
  const broken = { ...second, upSql: "create table b ();\n\nselect nothing;" };

  const error = await failure(applyRevision(session, broken));

  expect(error).toMatchObject({
    code: "SQL_FAILED",
    exitCode: 2,
    file: "sql/002_second.up.sql",
    line: 3,
    column: 8,
    sqlstate: "42703",
  });
  expect(error.message).toContain(
    "002_second was not applied: its transaction was taken back, and the database is as before, at 001_first.",
  );
  expect(await relations(session)).not.toContain("b");
  await applyRevision(session, second);
});

test("takes everything back when a deferred constraint fails at commit", async () => {
  await using database = await scratch.open();
  await using session = await deployer(database);
  const broken = scratchRevision(
    "create table a (n int references a (m) deferrable initially deferred, m int unique);\n" +
      "insert into a values (1, 2);",
  );

  const error = await failure(applyRevision(session, broken));

  expect(error).toMatchObject({ sqlstate: "23503", line: undefined });
  expect(error.message.split("\n")[0]).toMatch(/^sql\/001_first\.up\.sql: ERROR 23503: insert or/);
  expect(await relations(session)).toEqual([]);
});

test("runs a file without transaction statement by statement", async () => {
  await using database = await scratch.open();
  await using session = await deployer(database);
  await applyRevision(session, first);
  const concurrently = {
    ...second,
    upSql: "create index concurrently on a (n);\nvacuum a;\nbegin; select 1; commit;",
    upTransactional: false,
  };
  const options = { settings: { "m.role": "x", work_mem: "1MB" } };
  await session.run("set work_mem = '2MB'");

  await applyRevision(session, concurrently, options);

  expect(await readLedger(session, alembicLedger)).toBe("002_second");
  expect(await relations(session)).toContain("a_n_idx");
  expect(await setting(session, "work_mem")).toBe("2MB");
  expect(await setting(session, "lock_timeout")).toBe("0");
});

test("says what stays when a file without transaction fails", async () => {
  await using database = await scratch.open();
  await using session = await deployer(database);
  await applyRevision(session, first);
  const broken = {
    ...second,
    upSql: "vacuum a;\nbegin;\ncreate table b ();\nselect nothing;",
    upTransactional: false,
  };

  const error = await failure(applyRevision(session, broken));

  expect(error).toMatchObject({ line: 4, sqlstate: "42703" });
  expect(error.message).toContain(
    "002_second was not applied: the file runs without a transaction, so 3 statements before this and what " +
      "this one may have left stay, while the ledger says 001_first.",
  );
  expect(await relations(session)).not.toContain("b");
  await applyRevision(session, { ...broken, upSql: "vacuum a;" });
});

test("lets one session at a time run files without transaction", async () => {
  await using database = await scratch.open();
  await using one = await deployer(database);
  await using other = await deployer(database);
  await applyRevision(one, first);
  const slow = { ...second, upTransactional: false };
  const refusals: unknown[] = [];
  const around: AroundStep = async ({ kind }, send) => {
    if (kind === "statement") refusals.push(await caught(applyRevision(other, slow)));
    await send();
  };

  await applyRevision(one, slow, { around });

  expect(refusals).toEqual([expect.objectContaining({ code: "LEDGER_BUSY" })]);
  expect(await caught(applyRevision(other, slow))).toMatchObject({ code: "LEDGER_MISMATCH" });
});

test.each([
  ["the first revision", null],
  ["a later revision", first],
])("lets a second deployer of %s wait and then leave", async (_, before) => {
  await using database = await scratch.open();
  await using one = await deployer(database);
  await using other = await deployer(database);
  await createLedger(one, alembicLedger);
  if (before !== null) await applyRevision(one, before);
  const revision = before === null ? first : second;
  let late: Promise<unknown> = Promise.resolve();
  const around: AroundStep = async ({ kind }, send) => {
    if (kind === "commit") {
      late = caught(applyRevision(other, revision));
      await untilBlocked(one, other.pid);
    }
    await send();
  };

  await applyRevision(one, revision, { around });

  expect(await late).toMatchObject({ code: "LEDGER_MISMATCH" });
  expect(await readLedger(other, alembicLedger)).toBe(revision.id);
});

test("gives up within its lock timeout behind a session that holds a lock", async () => {
  await using database = await scratch.open();
  await using session = await deployer(database);
  await using reader = await deployer(database);
  await applyRevision(session, first);
  await reader.run("begin; select * from a");

  const alter = { ...second, upSql: "alter table a add m int;" };
  const error = await failure(applyRevision(session, alter, { lockTimeoutMs: 20 }));

  expect(error).toMatchObject({ sqlstate: "55P03", line: 1 });
  expect(error.message).toContain("Try again when it is done.");
});

test.each([
  ["apply", "001_first", "002_second", "003_third"],
  ["revert", "003_third", "002_second", "001_first"],
] as const)("refuses to %s from where the database is not", async (verb, at, to, from) => {
  await using database = await scratch.open();
  await using session = await deployer(database);
  await createLedger(session, alembicLedger);
  await session.run("insert into alembic_version values ($1)", [at]);
  const revision =
    verb === "apply"
      ? scratchRevision("create table c ();", { id: to, previousId: from })
      : scratchRevision("", { id: from, previousId: to, downSql: "create table c ();" });

  const error = await caught(
    (verb === "apply" ? applyRevision : revertRevision)(session, revision),
  );

  expect(error).toMatchObject({
    code: "LEDGER_MISMATCH",
    message: expect.stringContaining(
      `says that the database is at ${at}, and the way to ${to} begins at ${from}.`,
    ),
  });
  expect(await relations(session)).not.toContain("c");
});

test("notices a ledger that the migration itself has moved", async () => {
  await using database = await scratch.open();
  await using session = await deployer(database);
  await applyRevision(session, first);
  const meddling = { ...second, upSql: "update alembic_version set version_num = 'x';" };

  const error = await caught(applyRevision(session, meddling));

  expect(error).toMatchObject({ code: "LEDGER_MISMATCH" });
  expect(await readLedger(session, alembicLedger)).toBe("001_first");
});

test.each([
  ["a ledger with branches", "insert into alembic_version values ('x'), ('y')", "LEDGER_MISMATCH"],
  ["a ledger that is not there", "drop table alembic_version", "LEDGER_MISSING"],
  [
    "a ledger that is too narrow",
    "alter table alembic_version alter version_num type varchar(9)",
    "LEDGER_TOO_NARROW",
  ],
])("refuses %s before it runs anything", async (_, sql, code) => {
  await using database = await scratch.open();
  await using session = await deployer(database);
  await createLedger(session, alembicLedger);
  await session.run(sql);

  const error = await caught(applyRevision(session, second));

  expect(error).toMatchObject({ code, exitCode: 2 });
  expect(await relations(session)).not.toContain("b");
});

test("shows every step to whoever stands round them", async () => {
  await using database = await scratch.open();
  await using session = await deployer(database);
  const steps: Step[] = [];
  const around: AroundStep = async (step, send) => {
    steps.push(step);
    await send();
  };

  await applyRevision(session, first, { around });

  expect(steps).toEqual([
    { kind: "statement", index: 0, count: 4, line: 1, text: "create table a (n int)" },
    { kind: "statement", index: 1, count: 4, line: 2, text: "insert into a values (1)" },
    { kind: "ledger", index: 2, count: 4, line: 0, text: "the ledger's row" },
    { kind: "commit", index: 3, count: 4, line: 0, text: "commit" },
  ]);
});

test("takes back when whoever stands round a step throws, and throws the same", async () => {
  await using database = await scratch.open();
  await using session = await deployer(database);
  const stop = new Error("stop here");
  const around: AroundStep = async ({ kind }, send) => {
    if (kind === "commit") throw stop;
    await send();
  };

  const error = await caught(applyRevision(session, first, { around }));

  expect(error).toBe(stop);
  expect(await relations(session)).toEqual([]);
});

test("says that the session was ended between two statements, and leaves nothing", async () => {
  await using database = await scratch.open();
  const session = await deployer(database);
  await using other = await deployer(database);
  const around: AroundStep = async ({ index }, send) => {
    if (index === 1) await other.run("select pg_terminate_backend($1, 5000)", [session.pid]);
    await send();
  };

  const error = await caught(applyRevision(session, first, { around }));

  expect(error).toMatchObject({ code: "MIGRATION_INTERRUPTED", exitCode: 3 });
  expect(await relations(other)).toEqual([]);
});

test("names the server's own error when the session is ended during a statement", async () => {
  await using database = await scratch.open();
  const session = await deployer(database);
  const suicide = scratchRevision(
    "create table a ();\nselect pg_terminate_backend(pg_backend_pid());",
  );

  const error = await failure(applyRevision(session, suicide));

  expect(error).toMatchObject({ sqlstate: "57P01", line: 2 });
});

test("says that the connection was lost", async () => {
  await using database = await scratch.open();
  const session = await deployer(database);
  const around: AroundStep = async ({ kind }, send) => {
    if (kind === "commit") session.drop();
    await send();
  };

  const error = await caught(applyRevision(session, first, { around }));

  expect(error).toMatchObject({ code: "MIGRATION_INTERRUPTED", exitCode: 3 });
});

async function relations(session: SqlRunner): Promise<string[]> {
  const { rows } = await session.run(
    "select relname::text as value from pg_class where relnamespace = 'public'::regnamespace order by 1",
  );
  return rows.map((row) => z.object({ value: z.string() }).parse(row).value);
}

async function setting(session: SqlRunner, name: string): Promise<string | null> {
  const { rows } = await session.run("select current_setting($1, true) as value", [name]);
  return z.object({ value: z.string().nullable() }).parse(rows[0]).value;
}

/** Asks again and again whether the server has the session wait for another. */
async function untilBlocked(session: SqlRunner, pid: number): Promise<void> {
  for (;;) {
    const { rows } = await session.run("select cardinality(pg_blocking_pids($1)) as value", [pid]);
    if (z.object({ value: z.number() }).parse(rows[0]).value > 0) return;
  }
}

async function caught(promise: Promise<void>): Promise<unknown> {
  return promise.then(
    () => "nothing was thrown",
    (error: unknown) => error,
  );
}

async function failure(promise: Promise<void>): Promise<SqlFailure> {
  const error = await caught(promise);
  if (!(error instanceof SqlFailure)) throw new Error("no SQL failed", { cause: error });
  return error;
}
