/**
 * Goal: Bad input gets one clear message and exit code 2, trouble with the machine 3, and neither leaves anything behind.
 * Method: Real processes of `scripts/verify.ts` are given what cannot be used; what they print, how they end and what is
 * left of their temporary folder is looked at.
 */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { type Ended, openTemporary, startVerify, type Temporary } from "./verify-process.ts";

let temporary: Temporary;
let folder: string;
beforeEach(async () => {
  temporary = await openTemporary();
  folder = await mkdtemp("/tmp/migrations-");
  onTestFinished(async () => {
    await temporary[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
});

test("a folder that does not exist", async () => {
  await demandRefusal(["--migrations", "no/such/folder"], {
    code: 2,
    message: /no migrations to read in no\/such\/folder: it does not exist/,
  });
});

test("a folder without migrations", async () => {
  await demandRefusal(["--migrations", folder], { code: 2, message: /holds no \.sql file/ });
});

test("a down that is missing", async () => {
  await write({ "001_a.up.sql": "select 1;" });

  await demandRefusal(["--migrations", folder], {
    code: 2,
    message: /001_a\.down\.sql: is missing/,
  });
});

test("a down that is nothing but comments", async () => {
  await write({ "001_a.up.sql": "select 1;", "001_a.down.sql": "-- nothing\n/* to do */" });

  await demandRefusal(["--migrations", folder], {
    code: 2,
    message: /001_a\.down\.sql: .*comment/,
  });
});

test("two files with one number", async () => {
  await write({
    "001_a.up.sql": "select 1;",
    "001_a.down.sql": "select 1;",
    "001_b.up.sql": "select 1;",
    "001_b.down.sql": "select 1;",
  });

  await demandRefusal(["--migrations", folder], { code: 2, message: /001_a.*001_b/s });
});

test("a file that is not UTF-8", async () => {
  await write({
    "001_a.up.sql": Buffer.from("select '\xff';", "latin1"),
    "001_a.down.sql": "select 1;",
  });

  await demandRefusal(["--migrations", folder], {
    code: 2,
    message: /001_a\.up\.sql: is not UTF-8: .*byte 8/,
  });
});

test("an SQL error is shown where it stands, with a caret", async () => {
  await write({
    "001_a.up.sql": "create table a ();\ninsert into nowhere values (1);\n",
    "001_a.down.sql": "drop table a;",
  });

  const { stderr } = await demandRefusal(["--migrations", folder], {
    code: 2,
    message: /001_a\.up\.sql:2:13: ERROR 42P01: relation "nowhere" does not exist/,
  });

  expect(stderr).toMatch(/2 \| insert into nowhere values \(1\);\n +\| {13}\^/);
});

test("an SQL error in the way back is one, too", async () => {
  await write({
    "001_a.up.sql": "create table a ();\n",
    "001_a.down.sql": "drop table a;\ndrop table nowhere;\n",
  });

  await demandRefusal(["--migrations", folder], {
    code: 2,
    message: /001_a\.down\.sql:2.*: ERROR 42P01: table "nowhere" does not exist/,
  });
});

test("a revision that does not exist", async () => {
  await demandRefusal(["--to", "023_more"], {
    code: 2,
    message: /no revision "023_more".*\n {2}021_.*\n {2}022_/,
  });
});

test("bindings that cannot be loaded", async () => {
  await demandRefusal(["--bindings", "no/binding.ts"], { code: 2, message: /no\/binding\.ts/ });
});

test("bindings that name functions which are not there, all of them", async () => {
  await demandRefusal(
    ["--to", "021_m10_durable_queue_fallback", "--bindings", "fixtures/m10/binding.ts"],
    {
      code: 2,
      message: /do not make:\n {2}m10_recovery\.acquire_lock\(.*\n {2}m10_recovery\.release_lock\(/,
    },
  );
});

test("a role that the migrations need and that nobody made", async () => {
  await write({ "001_a.up.sql": "create schema a; grant usage on schema a to somebody_else;" });
  await write({ "001_a.down.sql": "drop schema a;" });

  await demandRefusal(["--migrations", folder], {
    code: 2,
    message: /role "somebody_else" does not exist/,
  });
});

test("options that are unknown or cannot be", async () => {
  await demandRefusal(["--loud"], { code: 2, message: /unknown option '--loud'/ });
  await demandRefusal(["--effort", "huge"], { code: 2, message: /quick, default, thorough/ });
  await demandRefusal(["--seed", "soon"], { code: 2, message: /--seed/ });
});

test("a law that there is not", async () => {
  await demandRefusal(["--law", "lock.invented"], { code: 2, message: /"lock\.invented"/ });
});

test("a report folder that cannot be made", async () => {
  await demandRefusal(["--report", "package.json/report"], { code: 2, message: /--report/ });
});

test("a PostgreSQL URL without leave to use it", async () => {
  await demandRefusal(["--postgres", "postgres://somebody@127.0.0.1:1/db"], {
    code: 2,
    message: /--external/,
  });
});

test("a PostgreSQL that cannot be reached", async () => {
  await demandRefusal(["--external", "--postgres", "postgres://somebody@127.0.0.1:1/db"], {
    code: 2,
    message: /127\.0\.0\.1:1/,
  });
});

test("a URL with a password in it is refused, and the password is printed nowhere", async () => {
  for (const server of ["--postgres", "--redis"]) {
    const scheme = server.slice(2);
    const url = `${scheme}://somebody:hunter2@127.0.0.1:1/0`;

    const { stdout, stderr } = await demandRefusal(["--external", server, url], {
      code: 2,
      message: /password/,
    });

    expect(stdout + stderr).not.toContain("hunter2");
  }
});

test("a PostgreSQL major that is not supported", async () => {
  await demandRefusal(["--postgres", "embedded:13"], { code: 2, message: /13.*14/s });
});

test("a Redis of somebody else's that cannot be reached", async () => {
  await demandRefusal(["--external", "--redis", "redis://127.0.0.1:1"], {
    code: 2,
    message: /127\.0\.0\.1:1/,
  });
});

test("a temporary folder whose path is too long for a socket", async () => {
  const long = join(temporary.path, "a".repeat(60), "b".repeat(60));
  await mkdir(long, { recursive: true });

  await demandRefusal([], { code: 3, message: /socket/i, temporary: long });
});

test("a disk that is full", async ({ skip }) => {
  const disk = join(temporary.path, "disk");
  await mkdir(disk);
  if (!mountTiny(disk)) skip("only root can mount a small disk");
  onTestFinished(() => void execFileSync("umount", [disk]));

  await demandRefusal([], { code: 3, message: /space|room/i, temporary: disk });
});

/** Runs it and demands one message on stderr, no stack trace, the exit code, and that nothing is left. */
async function demandRefusal(
  args: readonly string[],
  expected: { readonly code: number; readonly message: RegExp; readonly temporary?: string },
): Promise<Ended> {
  const run = startVerify(["--report", join(folder, "report"), ...args], {
    temporary: expected.temporary ?? temporary.path,
  });
  const ended = await run.ended();
  expect(ended).toMatchObject({
    code: expected.code,
    stderr: expect.stringMatching(expected.message),
  });
  expect(ended.stderr).not.toMatch(/^ +at /m);
  expect(await leftIn(expected.temporary)).toEqual([]);
  return ended;
}

async function leftIn(other: string | undefined): Promise<readonly string[]> {
  const left = await temporary.leftovers();
  return other === undefined ? left : left.filter((name) => !/^(a+|disk)$/.test(name));
}

async function write(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
}

function mountTiny(path: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m,mode=711", "tmpfs", path], {
      stdio: "pipe",
    });
    return true;
  } catch {
    return false;
  }
}
