/**
 * Goal: Whoever follows the README sees what it promises: its commands run, its witnesses are real, and its options are
 * those that there are.
 * Method: The commands are taken out of its `sh` blocks and run in a copy of the checkout, as `npx -y pnpm` would run
 * them: the script of `package.json` with what follows its name. `pnpm verify` alone is run at quick effort, and
 * `pnpm test` on one spec, since it would run this one as well.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { applyTwin } from "../../../harness/migrations/apply-twin.ts";
import { readMigrations } from "../../../harness/migrations/read-migrations.ts";
import { parseTwin } from "../../../harness/source/twin.ts";
import {
  type Checkout,
  checkout,
  type Ended,
  openCheckout,
  openTemporary,
  type Temporary,
} from "./verify-process.ts";

const readme = await readFile(join(checkout, "README.md"), "utf8");
const commands = blocksOf("sh").flatMap((block) => block.trim().split("\n"));
const verify = "npx -y pnpm verify";
const edited = `${verify} --migrations edited --bindings fixtures/m10/binding.ts --law lock.exclusive --seed 1`;
const shop =
  `${verify} --migrations fixtures/shop/sql --bindings fixtures/shop/binding.ts --app-role shop_app ` +
  "--law 'lock.*' --effort quick --seed 1";

const ownerOnly =
  `${verify} --migrations fixtures/shop/sql --bindings fixtures/shop/binding.ts --app-role shop_app ` +
  "--law lock.owner-only --seed 1";

interface Promised {
  readonly command: string;
  readonly code: number;
  readonly line: RegExp;
  /** What is added so that it can be run here. */
  readonly added?: string;
  /** What must be there, for this command only. */
  readonly prepare?: () => Promise<void>;
}

const promised: readonly Promised[] = [
  {
    command: verify,
    code: 0,
    line: /^022_m10_production_hardening: 54 hold, 0 broken$/m,
    added: "--effort quick",
  },
  { command: "npx -y pnpm test", code: 0, line: /^1 passed, 0 failed, 0 skipped$/m, added: "one" },
  { command: edited, code: 1, line: /^022_m10_production_hardening: 0 hold, 1 broken$/m },
  {
    command: `${verify} --law 'migration.*' --effort quick`,
    code: 0,
    line: /^migration\.applies +✓ holds/m,
  },
  { command: shop, code: 1, line: /^001_locks: 3 hold, 10 broken$/m },
  { command: ownerOnly, code: 1, line: /^lock\.owner-only +✗ broken/m },
  {
    command: "npx -y pnpm replay report/witnesses/lock.owner-only/schedule.json",
    code: 1,
    line: /^✗ lock\.owner-only$/m,
    prepare: findSchedule,
  },
  {
    command: `${verify} --law 'queue.*'`,
    code: 0,
    line: /^queue\.one-worker +✓ holds/m,
    prepare: writeOwnLaw,
  },
  {
    command: "npx -y pnpm bench --only server-warm --runs 3",
    code: 0,
    line: /^server-warm .* 3 .*≤ 250 ms: /m,
  },
];

let copy: Checkout;
beforeAll(async () => {
  copy = await openCheckout();
  await writeEdited(join(copy.path, "edited"));
  await mkdir(join(copy.path, "specs/harness"));
  await writeFile(
    join(copy.path, "specs/harness/one.spec.ts"),
    'import { expect, test } from "vitest"; test("one", () => { expect(1).toBe(1); });',
  );
});
afterAll(() => copy[Symbol.asyncDispose]());

let temporary: Temporary;
beforeEach(async () => {
  temporary = await openTemporary();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
});

test("every command is one that is tried here", () => {
  expect(commands).toEqual(promised.map(({ command }) => command));
});

test.for(promised)(
  "$command",
  { timeout: 300_000 },
  async ({ command, code, line, added, prepare }) => {
    await prepare?.();
    const ended = await run(added === undefined ? command : `${command} ${added}`);

    expect(ended).toMatchObject({ code, stdout: expect.stringMatching(line) });
    for (const witness of witnessesFor(command)) expect(ended.stdout).toContain(witness);
    expect(await temporary.leftovers()).toEqual([]);
  },
);

test("the table of options has those of --help, with their defaults", async () => {
  const { stdout } = await run(`${verify} --help`);
  const offered = optionsOf(stdout);
  const rows = new Map(
    [...readme.matchAll(/^\| `(--[^`]+)` \|(.*)\|$/gm)].map(([, option = "", row = ""]) => [
      option,
      row,
    ]),
  );

  const untold = offered.filter(
    ({ option, usual }) =>
      usual !== undefined && rows.get(option)?.includes(`\`${usual}\``) !== true,
  );
  expect([...rows.keys()]).toEqual(offered.map(({ option }) => option));
  expect(untold).toEqual([]);
});

function blocksOf(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm"))].map(
    ([, block = ""]) => block,
  );
}

/** What the README shows as printed by these. */
function witnessesFor(command: string): string[] {
  const lawId = new Map([
    [edited, "lock.exclusive"],
    [shop, "lock.never-shorter"],
    [ownerOnly, "lock.owner-only"],
  ]).get(command);
  return blocksOf("text").filter((block) => block.startsWith(`✗ ${lawId}\n`));
}

/** What is replayed is there once the law was found broken. */
async function findSchedule(): Promise<void> {
  const file = join(copy.path, "report/witnesses/lock.owner-only/schedule.json");
  if (!existsSync(file)) await run(ownerOnly);
}

/** In a shell, as pnpm does. */
async function run(command: string): Promise<Ended> {
  const [, script = "", args = ""] = /^npx -y pnpm (\S+)(.*)$/.exec(command) ?? [];
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readFile(join(copy.path, "package.json"), "utf8")));
  const ways = [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"];
  const env = { PATH: ways.join(delimiter), TMPDIR: temporary.path };
  return await promisify(execFile)("sh", ["-c", `${scripts[script]}${args}`], {
    cwd: copy.path,
    env,
  }).then(
    (printed) => ({ code: 0, ...printed }),
    ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
  );
}

/** The migrations with the edit that the README links to. */
async function writeEdited(folder: string): Promise<void> {
  const link = /\[This\]\(([^)]+)\) is the edit/.exec(readme)?.[1] ?? "";
  const twin = parseTwin(await readFile(join(checkout, link), "utf8"), link);
  const revisions = applyTwin(await readMigrations(join(checkout, "sql")), twin);
  await mkdir(folder);
  for (const { upFile, upSql, downFile, downSql } of revisions) {
    await writeFile(join(folder, basename(upFile)), upSql);
    await writeFile(join(folder, basename(downFile)), downSql);
  }
}

/** The spec that the README shows, in the file that its first line names, to the end of the test. */
async function writeOwnLaw(): Promise<void> {
  const block = blocksOf("ts").find((each) => each.startsWith("// specs/")) ?? "";
  const file = join(copy.path, /^\/\/ (\S+)/.exec(block)?.[1] ?? "");
  await writeFile(file, block);
  onTestFinished(() => rm(file));
}

/** An option's text goes on to where the next one begins. */
function optionsOf(
  help: string,
): { readonly option: string; readonly usual: string | undefined }[] {
  return [...help.matchAll(/^ {2}(--\S+(?: <\S+>)?)([^]*?)(?=^ {2}-|^$)/gm)].map(
    ([, option = "", said = ""]) => ({
      option,
      usual: /default:\s+"([^"]+)"/.exec(said)?.[1],
    }),
  );
}
