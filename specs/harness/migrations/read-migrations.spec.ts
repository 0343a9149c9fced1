/**
 * Goal: A folder of migrations is read in order, or refused with everything that is wrong with it.
 * Method: Small folders, sound and broken in one or several ways, written for each test.
 */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readMigrations } from "../../../harness/migrations/read-migrations.ts";
import { RehearsalError } from "../../../harness/verdict/rehearsal-error.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rehearsal-spec-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const sound = {
  "009_first.up.sql": "create table a ();",
  "009_first.down.sql": "drop table a;",
  "010_second.up.sql": "create table b ();",
  "010_second.down.sql": "drop table b;",
};

test("reads revisions in the order of their numbers, each with the one before it", async () => {
  await write({ ...sound, "README.md": "not SQL" });

  const revisions = await readMigrations(folder);

  expect(revisions).toEqual([
    {
      id: "009_first",
      previousId: null,
      upFile: join(folder, "009_first.up.sql"),
      upSql: "create table a ();",
      upTransactional: true,
      downFile: join(folder, "009_first.down.sql"),
      downSql: "drop table a;",
      downTransactional: true,
    },
    expect.objectContaining({ id: "010_second", previousId: "009_first" }),
  ]);
});

test("orders by number and not by name", async () => {
  await write({
    "9_a.up.sql": "select 1;",
    "9_a.down.sql": "select 1;",
    "10_b.up.sql": "select 1;",
    "10_b.down.sql": "select 1;",
  });

  const revisions = await readMigrations(folder);

  expect(revisions.map(({ id }) => id)).toEqual(["9_a", "10_b"]);
});

test("keeps carriage returns and leaves out a byte order mark", async () => {
  await write({ ...sound, "009_first.up.sql": "\uFEFFselect 'ä'\r\n;\r\n" });

  const [first] = await readMigrations(folder);

  expect(first?.upSql).toBe("select 'ä'\r\n;\r\n");
});

test.each([
  ["a line of its own", "-- rehearsal: no-transaction\nvacuum;", false],
  ["a line with CRLF", "vacuum;\r\n--rehearsal:no-transaction\r\n", false],
  ["the end of a line", "select 1; -- rehearsal: no-transaction", true],
  ["a function's body", "do $$\n-- rehearsal: no-transaction\nbegin end $$;", true],
  ["a block comment", "/*\n-- rehearsal: no-transaction\n*/ select 1;", true],
  ["SQL that only a server can judge", "-- rehearsal: no-transaction\nfrobnicate;", false],
])("reads the directive on %s", async (_, up, transactional) => {
  await write({ ...sound, "009_first.up.sql": up });

  const [first] = await readMigrations(folder);

  expect(first?.upTransactional).toBe(transactional);
  expect(first?.downTransactional).toBe(true);
});

test("leaves SQL that it cannot parse to the server", async () => {
  await write({ ...sound, "009_first.up.sql": "frobnicate the table;" });

  await expect(readMigrations(folder)).resolves.toHaveLength(2);
});

test("lets a file without transaction open and end one itself", async () => {
  const up = "-- rehearsal: no-transaction\nbegin; select 1; commit; vacuum;";
  await write({ ...sound, "009_first.up.sql": up });

  await expect(readMigrations(folder)).resolves.toHaveLength(2);
});

test("lets a transaction have savepoints and read files of the server", async () => {
  const up = "savepoint a; copy t from '/srv/t.csv'; rollback to a; release a;";
  await write({ ...sound, "009_first.up.sql": up });

  await expect(readMigrations(folder)).resolves.toHaveLength(2);
});

test.each([
  ["does not exist", "nowhere", "it does not exist"],
  ["is a file", "a-file", "it is not a folder"],
  ["holds no migration", "empty", "it holds no .sql file"],
])("refuses a folder that %s", async (_, name, why) => {
  await writeFile(join(folder, "a-file"), "");
  await mkdir(join(folder, "empty"));

  const error = await refusal(join(folder, name));

  expect(error).toMatchObject({ code: "MIGRATIONS_NOT_FOUND", exitCode: 2 });
  expect(error.message).toContain(`${join(folder, name)}: ${why}`);
});

const latin1 = Buffer.from("select 'ü';", "latin1");

test.each<[string, Record<string, string | Buffer | null>, string]>([
  ["a missing down", { "010_second.down.sql": null }, "010_second.down.sql: is missing"],
  ["a missing up", { "010_second.up.sql": null }, "010_second.up.sql: is missing"],
  ["an empty down", { "010_second.down.sql": "" }, "010_second.down.sql: holds no statement"],
  [
    "a down of comments only",
    { "010_second.down.sql": "-- nothing;\n/* to do */;" },
    "010_second.down.sql: holds no statement",
  ],
  [
    "two files with one number",
    { "010_other.up.sql": "select 1;", "010_other.down.sql": "select 1;" },
    "010_other and 010_second have one number",
  ],
  [
    "two spellings of one number",
    { "0010_second.up.sql": "select 1;", "0010_second.down.sql": "select 1;" },
    "0010_second and 010_second have one number",
  ],
  [
    "a gap",
    { "012_third.up.sql": "select 1;", "012_third.down.sql": "select 1;" },
    "between 010_second and 012_third there is a gap: number 11 is missing",
  ],
  ["another name", { "third.sql": "select 1;" }, "third.sql is named neither"],
  ["a name in capitals", { "011_C.UP.SQL": "select 1;" }, "011_C.UP.SQL is named neither"],
  [
    "Latin-1",
    { "010_second.up.sql": latin1 },
    "010_second.up.sql: is not UTF-8: what begins at byte 8",
  ],
  ["a NUL", { "010_second.up.sql": "select\n 1;\0" }, "010_second.up.sql:2:4: a NUL character"],
  [
    "a misspelt directive",
    { "010_second.up.sql": "select 1;\n-- rehearsal: notransaction\n" },
    '010_second.up.sql:2:1: the directive "notransaction" is unknown',
  ],
  [
    "a command of psql",
    { "010_second.up.sql": "select '\n\\d';\n\\set ON_ERROR_STOP on\n" },
    "010_second.up.sql:3:1: \\set is a command of psql",
  ],
  [
    "a command of psql behind a statement",
    { "010_second.up.sql": "select 'ü😀' \\gexec" },
    "010_second.up.sql:1:13: \\gexec is a command of psql",
  ],
  [
    "a variable of psql",
    { "010_second.up.sql": "select :'role';" },
    "010_second.up.sql:1:8: :'role' is a variable of psql",
  ],
  [
    "rows for copy",
    { "010_second.up.sql": "select ';';\ncopy b from stdin;\n1;\n\\.\n" },
    "010_second.up.sql:2:1: copy … from stdin waits for rows",
  ],
  [
    "copy without rows",
    { "010_second.up.sql": "copy b from stdin;" },
    "010_second.up.sql:1:1: copy … from stdin waits for rows",
  ],
  [
    "the beginning of a transaction",
    { "010_second.up.sql": "-- 😀\n  BEGIN;\nselect 1;" },
    "010_second.up.sql:2:3: begin: the file runs in a transaction",
  ],
  [
    "the end of a transaction",
    { "010_second.down.sql": "select 1; end;" },
    "010_second.down.sql:1:11: end: the file runs in a transaction",
  ],
  [
    "a transaction that is left open",
    { "010_second.up.sql": "-- rehearsal: no-transaction\nbegin; commit; begin; select 1;" },
    "010_second.up.sql:2:16: opens a transaction that the file does not end",
  ],
])("refuses %s", async (_, files, why) => {
  await write({ ...sound, ...files });

  const error = await refusal(folder);

  expect(error).toMatchObject({ code: "MIGRATIONS_INVALID", exitCode: 2 });
  expect(error.message).toContain(why);
  expect(error.message).toContain("one problem, so nothing was run:");
});

test("refuses a folder that is named as a file", async () => {
  await write({ ...sound, "010_second.up.sql": null });
  await mkdir(join(folder, "010_second.up.sql"));

  const error = await refusal(folder);

  expect(error.message).toContain("010_second.up.sql: cannot be read: it is a folder");
});

test("refuses a file that it cannot read", async () => {
  await write({ ...sound, "010_second.up.sql": null });
  await symlink(join(folder, "gone"), join(folder, "010_second.up.sql"));

  const error = await refusal(folder);

  expect(error.message).toContain("010_second.up.sql: cannot be read: it does not exist");
});

test("tells all problems of a folder at once", async () => {
  await write({
    ...sound,
    "009_first.up.sql": "commit;",
    "010_second.down.sql": null,
    "x.sql": "",
  });

  const error = await refusal(folder);

  expect(error.message.split("\n").map((line) => line.replaceAll(folder, "sql"))).toEqual([
    "The migrations in sql have 3 problems, so nothing was run:",
    expect.stringContaining("  sql: x.sql is named neither"),
    expect.stringContaining("  sql/009_first.up.sql:1:1: commit: the file runs in a transaction"),
    "  sql/010_second.down.sql: is missing",
  ]);
});

async function write(files: Record<string, string | Buffer | null>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    if (content !== null) await writeFile(join(folder, name), content);
  }
}

async function refusal(path: string): Promise<RehearsalError> {
  const error: unknown = await readMigrations(path).catch((thrown: unknown) => thrown);
  if (!(error instanceof RehearsalError)) throw new Error("nothing was refused");
  return error;
}
