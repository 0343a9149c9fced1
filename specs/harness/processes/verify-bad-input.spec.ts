/**
 * Goal: Bad input gets one clear message and exit code 2, trouble with the machine 3, and neither leaves anything behind.
 * Method: Real processes of `scripts/verify.ts` are given what cannot be used, one for each place where that is noticed;
 * what they print, how they end and what is left of their temporary folder is looked at. All else that reading the input
 * refuses is in `read-input.spec.ts`.
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

test("an SQL error is shown where it stands, with a caret", async () => {
  await write({
    "001_a.up.sql": "create table a ();\ninsert into nowhere values (1);\n",
    "001_a.down.sql": "drop table a;",
  });

  const { stderr } = await demandRefusal(["--migrations", folder, "--redis", "none"], {
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

  await demandRefusal(["--migrations", folder, "--redis", "none"], {
    code: 2,
    message: /001_a\.down\.sql:2.*: ERROR 42P01: table "nowhere" does not exist/,
  });
});

test("options that are unknown or cannot be", async () => {
  await demandRefusal(["--loud"], { code: 2, message: /unknown option '--loud'/ });
  await demandRefusal(["--effort", "huge"], { code: 2, message: /quick, default, thorough/ });
});

test("a law that there is not", async () => {
  await demandRefusal(["--law", "lock.invented", "--redis", "none"], {
    code: 2,
    message: /"lock\.invented"/,
  });
});

test("a report folder that cannot be made", async () => {
  await demandRefusal(["--report", "package.json/report"], { code: 2, message: /--report/ });
});

test("a PostgreSQL that cannot be reached", async () => {
  await demandRefusal(["--external", "--postgres", "postgres://somebody@127.0.0.1:1/db"], {
    code: 2,
    message: /127\.0\.0\.1:1/,
  });
});

test("a URL with a password in it is refused, and the password is printed nowhere", async () => {
  const url = "postgres://somebody:hunter2@127.0.0.1:1/db";

  const { stdout, stderr } = await demandRefusal(["--external", "--postgres", url], {
    code: 2,
    message: /password/,
  });

  expect(stdout + stderr).not.toContain("hunter2");
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

async function write(files: Readonly<Record<string, string>>): Promise<void> {
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
