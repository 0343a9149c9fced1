/**
 * Goal: What cannot be used is bad input before anything is opened, and the message says what is wrong, without secrets.
 * Method: Settings that name what is not there or cannot be, and folders of migrations that lack something, are read; that
 * such an error ends a process with its exit code and its message alone is shown in `verify-bad-input.spec.ts`.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { RehearsalError } from "../../../harness/verdict/rehearsal-error.ts";
import { readInput } from "../../../harness/verify/read-input.ts";
import { parseSettings, type Settings } from "../../../harness/verify/settings.ts";

test.for<{ title: string; files: Readonly<Record<string, string | Buffer>>; message: RegExp }>([
  { title: "nothing in it", files: {}, message: /holds no \.sql file/ },
  {
    title: "a down missing",
    files: { "001_a.up.sql": "select 1;" },
    message: /001_a\.down\.sql: is missing/,
  },
  {
    title: "a down of nothing but comments",
    files: { "001_a.up.sql": "select 1;", "001_a.down.sql": "-- nothing\n/* to do */" },
    message: /001_a\.down\.sql: .*comment/,
  },
  {
    title: "one number twice",
    files: {
      "001_a.up.sql": "select 1;",
      "001_a.down.sql": "select 1;",
      "001_b.up.sql": "select 1;",
      "001_b.down.sql": "select 1;",
    },
    message: /001_a.*001_b/s,
  },
  {
    title: "a file that is not UTF-8",
    files: {
      "001_a.up.sql": Buffer.from("select '\xff';", "latin1"),
      "001_a.down.sql": "select 1;",
    },
    message: /001_a\.up\.sql: is not UTF-8: .*byte 8/,
  },
])("a folder of migrations with $title", async ({ files, message }) => {
  const folder = await mkdtemp("/tmp/migrations-");
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);

  expect(await refusalOf({ migrations: folder })).toMatch(message);
});

test.for<{ title: string; settings: Settings; message: RegExp }>([
  {
    title: "a revision that does not exist",
    settings: { to: "023_more" },
    message: /no revision "023_more".*\n {2}021_.*\n {2}022_/,
  },
  {
    title: "bindings that cannot be loaded",
    settings: { bindings: "no/binding.ts" },
    message: /no\/binding\.ts/,
  },
  { title: "a seed that is no number", settings: { seed: "soon" }, message: /--seed/ },
  {
    title: "a PostgreSQL URL without leave to use it",
    settings: { postgres: "postgres://somebody@127.0.0.1:1/db" },
    message: /--external/,
  },
  {
    title: "a PostgreSQL major that is not supported",
    settings: { postgres: "embedded:13" },
    message: /13.*14/s,
  },
])("$title", async ({ settings, message }) => {
  expect(await refusalOf(settings)).toMatch(message);
});

test.for(["postgres", "redis"])(
  "a %s URL with a password in it is refused without telling the password",
  async (server) => {
    const url = `${server}://somebody:hunter2@127.0.0.1:1/0`;

    const message = await refusalOf({ external: true, [server]: url });

    expect(message).toMatch(/password/);
    expect(message).not.toContain("hunter2");
  },
);

/** The message of the error that must come of it: bad input. */
async function refusalOf(settings: Settings): Promise<string> {
  const refusal = await Promise.resolve()
    .then(() => readInput(parseSettings(settings), { path: "" }))
    .catch((error: unknown) => error);
  if (!(refusal instanceof RehearsalError)) throw new Error("It was not refused.");
  expect(refusal.exitCode).toBe(2);
  return refusal.message;
}
