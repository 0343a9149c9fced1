/**
 * Goal: the pages to sign hold what the records say, tell how far the revision came, and show when anything of it was
 * changed afterwards.
 * Method: records are written as commands write them, signed off, and one byte of each file is changed.
 */
import { readFile, writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { readMigrations } from "../../../harness/migrations/read-migrations.ts";
import { migrationsHash } from "../../../harness/migrations/revision.ts";
import { signoffSettings } from "../../../harness/production/settings.ts";
import { signoff } from "../../../harness/production/signoff.ts";
import type { ProductionRecord } from "../../../harness/report/production-record.ts";
import { stateOf } from "../../../harness/report/signoff.ts";
import { recordOf } from "./example-record.ts";
import { rememberOutput } from "./remember-output.ts";

const hash = migrationsHash(await readMigrations("sql"));
const id = "022_m10_production_hardening";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "signoff-spec-"));
  onTestFinished(() => rm(folder, { recursive: true }));
});

describe("how far a revision came", () => {
  const [before, applied, checked, wrong, back] = [
    recordOf("preflight", "go"),
    recordOf("apply", "go"),
    recordOf("postflight", "go"),
    recordOf("postflight", "no-go"),
    recordOf("rollback", "go"),
  ];
  test.each([
    ["not applied", [before, recordOf("apply", "no-go")]],
    ["applied, not checked since", [before, applied]],
    ["applied and checked", [before, applied, checked]],
    ["applied, not checked since", [before, applied, checked, wrong]],
    ["rolled back", [before, applied, checked, back]],
    ["applied, not checked since", [applied, checked, back, applied]],
    ["not known", [applied, checked, recordOf("rollback", "unknown")]],
    ["applied and checked", [applied, checked, recordOf("rollback", "no-go")]],
  ] as const)("is %s", (state, records) => {
    expect(stateOf(records.map((each) => ({ ...each })))).toBe(state);
  });
});

test("the pages show every command with its checks, and room for who signs", async () => {
  await write("preflight", "apply", "postflight");

  expect(await run()).toMatchObject({
    code: 0,
    said: expect.stringContaining("applied and checked"),
  });
  const markdown = await readFile(join(folder, `signoff-${id}.md`), "utf8");
  const html = await readFile(join(folder, `signoff-${id}.html`), "utf8");
  expect(markdown).toContain(String.raw`| go | apply | as \| it &lt;was\><br>a \*detail\* |`);
  expect(markdown).toContain("| DBA |  |  |  |");
  expect(html).toContain("as | it &lt;was&gt;");
  expect(html).not.toContain("</meta>");
});

test("what was not applied is signed as such, with another exit code", async () => {
  await write("preflight");

  expect(await run()).toMatchObject({ code: 1, said: expect.stringContaining("not applied") });
});

test("pages and records that are as they were are found so", async () => {
  await write("preflight", "apply", "postflight");
  await run();

  expect(await run({ check: true })).toEqual({
    code: 0,
    said: "✓ 3 records and both pages are as they were signed",
  });
});

test.each([
  [`signoff-${id}.md`, /is not what its JSON says/],
  [`signoff-${id}.html`, /is not what its JSON says/],
  ["20260102T030401000Z-apply.json", /was changed since/],
])("a byte of %s that was changed is found", async (name, told) => {
  await write("preflight", "apply", "postflight");
  await run();
  const file = join(folder, name);
  await writeFile(file, (await readFile(file, "utf8")).replace("ann@desk", "ben@desk"));

  expect(await run({ check: true })).toMatchObject({ code: 1, said: expect.stringMatching(told) });
});

test("a JSON file that says more than its records is found", async () => {
  await write("preflight");
  await run();
  const file = join(folder, `signoff-${id}.json`);
  await writeFile(
    file,
    (await readFile(file, "utf8")).replace('"not applied"', '"applied and checked"'),
  );

  expect(await run({ check: true })).toMatchObject({
    code: 1,
    said: expect.stringContaining('says "applied and checked", and its records do not'),
  });
});

test("without records, and with those of several databases, nothing is signed", async () => {
  await expect(run()).rejects.toThrow(/There is no record of 022/);
  await write("preflight", "apply");
  const elsewhere = { ...recordOf("apply", "go").database, place: "9/1", name: "other" };
  await write({ ...recordOf("preflight", "go"), database: elsewhere });

  await expect(run()).rejects.toThrow(/are of several databases: agenticverz at .*, other at/);
  expect(await run({ database: "agenticverz" })).toMatchObject({ code: 1 });
});

async function write(
  ...records: readonly (ProductionRecord | ProductionRecord["command"])[]
): Promise<void> {
  let written = 0;
  for (const each of records) {
    const record = typeof each === "string" ? recordOf(each, "go") : each;
    const second = String(typeof each === "string" ? written : 9);
    written += 1;
    const name = `20260102T03040${second}000Z-${record.command}.json`;
    const text = JSON.stringify({ ...record, revision: { ...record.revision, hash } }, null, 2);
    await writeFile(join(folder, name), text);
  }
}

async function run(more: Record<string, unknown> = {}): Promise<{ code: number; said: string }> {
  const output = rememberOutput();
  const code = await signoff(signoffSettings.parse({ records: folder, ...more }), output);
  return { code, said: output.text() };
}
