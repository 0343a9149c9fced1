/**
 * Goal: `pnpm replay` runs the one schedule of a file again and says whether it still goes wrong, also where the SQL goes
 * another way now, and of a file that it cannot use it says what to do.
 * Method: Real processes of `scripts/replay.ts` on a schedule of the shop's locks, as it was found and changed.
 */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { scheduleFile } from "../../../harness/report/schedule-file.ts";
import { checkout, openTemporary, type Temporary } from "./verify-process.ts";

/** Places as a schedule names them: the act, and the gate that a session is held at. */
const release = ["0", "1 delete on locks", "1 give_back#2"];
const acquire = ["2", "2 delete on locks", "2 take#2", "2 insert on locks", "2 take#3"];
const found = [
  ...stepsOf(0, [...release, ...acquire]),
  ...stepsOf(1, ["0", "0 delete on locks"]),
  ...stepsOf(0, ["3"]),
  ...stepsOf(1, ["0 give_back#2"]),
];
const oneAfterTheOther = [
  ...stepsOf(0, [...release, ...acquire, "3"]),
  ...stepsOf(1, ["0", "0 delete on locks", "0 give_back#2"]),
];
const elsewhere = [...stepsOf(0, release), ...stepsOf(0, ["2", "2 update on locks"])];

const schedule = scheduleFile.parse({
  law: "lock.owner-only",
  claim: "release and extend by anyone but the live holder answer false and change nothing",
  migrations: { folder: "fixtures/shop/sql", to: "001_locks", hash: "of another day" },
  bindings: "fixtures/shop/binding.ts",
  appRole: "shop_app",
  postgres: "embedded",
  trial: "",
  expected: "",
  happened: "",
  cause: "",
  steps: [],
  recorded: {
    state: "the name is ann's for a while",
    program: "ann again gives back and acquires while ann waits to release",
    kept: [[0, 1, 2, 3], [0]],
    steps: found,
  },
});

let temporary: Temporary;
beforeEach(async () => {
  temporary = await openTemporary();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
});

test.for([
  {
    title: "that goes wrong",
    steps: found,
    code: 1,
    says: /^✗ lock\.owner-only$[^]*cause {5}While/m,
  },
  { title: "that goes well", steps: oneAfterTheOther, code: 0, says: /^✓ This schedule brings/m },
  { title: "that cannot be followed", steps: elsewhere, code: 3, says: /^\? After 4 steps/m },
])("a schedule $title", async ({ steps, code, says }) => {
  const ended = await replay(
    JSON.stringify({ ...schedule, recorded: { ...schedule.recorded, steps } }),
  );

  expect(ended).toMatchObject({ code, stdout: expect.stringMatching(says) });
  expect(ended.stdout).toContain("The SQL has changed since");
  expect(await temporary.leftovers()).toEqual([]);
});

test.for([
  { title: "no JSON", text: "{", says: /could not be read[^]*report\/witnesses/ },
  { title: "something else", text: '{"law": 1}', says: /could not be read/ },
  {
    title: "a program that there is not",
    text: JSON.stringify({ ...schedule, recorded: { ...schedule.recorded, program: "another" } }),
    says: /"another"[^]*Find the witness anew with pnpm verify --law lock\.owner-only/,
  },
  {
    title: "migrations that there are not",
    text: JSON.stringify({
      ...schedule,
      migrations: { ...schedule.migrations, folder: "nowhere" },
    }),
    says: /nowhere/,
  },
])("a file with $title is bad input", async ({ text, says }) => {
  const ended = await replay(text);

  expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(says) });
  expect(await temporary.leftovers()).toEqual([]);
});

function stepsOf(session: number, places: readonly string[]) {
  return places.map((from) => ({ session, from }));
}

async function replay(text: string) {
  await using folder = await openTemporary();
  const path = join(folder.path, "schedule.json");
  await writeFile(path, text);
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", TMPDIR: temporary.path };
  const words = ["scripts/replay.ts", path];
  return await promisify(execFile)(process.execPath, words, { cwd: checkout, env }).then(
    (printed) => ({ code: 0, ...printed }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      stdout,
      stderr,
    }),
  );
}
