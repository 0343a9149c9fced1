/**
 * Goal: apply begins only where the same SQL was rehearsed whole and holds, and where a preflight of it on this database
 * says go and is young; bad input is told before anything is done.
 * Method: reports and records are written that differ in one thing each, and the gates are asked.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { demandConfirmed } from "../../../harness/production/move/confirm.ts";
import { checkPreflight, checkRehearsal } from "../../../harness/production/move/rehearsal-gate.ts";
import { readMigrations } from "../../../harness/migrations/read-migrations.ts";
import { selectRevision } from "../../../harness/migrations/revision.ts";
import type { VerifyReport } from "../../../harness/report/law-report.ts";
import type { ProductionRecord } from "../../../harness/report/production-record.ts";
import { holding, reportOf } from "../report/example-laws.ts";
import { openErrand } from "./open-errand.ts";
import { recordOf } from "./example-record.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gates-spec-"));
  onTestFinished(() => rm(folder, { recursive: true }));
});

const selection = selectRevision(await readMigrations("sql"));

describe("the rehearsal", () => {
  test("of the same SQL, of all laws, that all hold, is go", async () => {
    const file = await report({});

    expect(await checkRehearsal(file, undefined, { hash: "abc", selection })).toMatchObject({
      verdict: "go",
      says: expect.stringMatching(/^1 laws hold on PostgreSQL \S+ at \w+ effort, seed \d+/),
    });
  });

  test.each<{ what: string; change: Partial<VerifyReport>; says: string }>([
    {
      what: "of other SQL",
      change: { migrations: { folder: "sql", to: "022", hash: "other" } },
      says: "is of other SQL",
    },
    { what: "of some laws", change: { asked: ["lock.*"] }, says: "is of some laws only (lock.*)" },
    { what: "that found a broken law", change: { exitCode: 1 }, says: "not all laws hold" },
    { what: "that could not tell", change: { exitCode: 3 }, says: "not all laws hold" },
  ])("$what is no go", async ({ change, says }) => {
    const file = await report(change);

    expect(await checkRehearsal(file, undefined, { hash: "abc", selection })).toMatchObject({
      verdict: "no-go",
      says: expect.stringContaining(says),
    });
  });

  test("that is not there, or is none, is no go; a reason stands instead of it", async () => {
    const missing = join(folder, "verify.json");
    await writeFile(join(folder, "none.json"), "{}");
    const asked = { hash: "abc", selection };

    expect((await checkRehearsal(missing, undefined, asked)).says).toContain(
      "there is no rehearsal",
    );
    expect((await checkRehearsal(join(folder, "none.json"), undefined, asked)).says).toContain(
      "no report",
    );
    expect(await checkRehearsal(missing, "the house burns", asked)).toMatchObject({
      verdict: "noted",
      says: "without a rehearsal: the house burns",
    });
  });
});

describe("the preflight", () => {
  const now = new Date("2026-01-02T03:10:00.000Z");

  test("that says go and is young is go", async () => {
    await record(recordOf("preflight", "go"));

    expect((await check()).verdict).toBe("go");
  });

  test.each<{ what: string; records: readonly ProductionRecord[]; says: string }>([
    { what: "that is not there", records: [], says: "there is no preflight" },
    {
      what: "of another database",
      records: [
        recordOf("preflight", "go", {
          database: { ...recordOf("preflight", "go").database, place: "8/1" },
        }),
      ],
      says: "there is no preflight",
    },
    {
      what: "of other SQL",
      records: [
        recordOf("preflight", "go", {
          revision: { ...recordOf("preflight", "go").revision, hash: "other" },
        }),
      ],
      says: "there is no preflight",
    },
    {
      what: "that was followed by one that says no",
      records: [
        recordOf("preflight", "go"),
        recordOf("preflight", "no-go", { startedAt: "2026-01-02T03:05:00.000Z" }),
      ],
      says: "does not say go",
    },
    {
      what: "that could not tell",
      records: [recordOf("preflight", "unknown")],
      says: "does not say go",
    },
    {
      what: "from before a rollback",
      records: [
        recordOf("preflight", "go"),
        recordOf("rollback", "go", { startedAt: "2026-01-02T03:05:00.000Z" }),
      ],
      says: "is from before the rollback",
    },
  ])("$what is no go", async ({ records, says }) => {
    for (const each of records) await record(each);

    expect(await check()).toMatchObject({ verdict: "no-go", says: expect.stringContaining(says) });
  });

  test("that is older than ten minutes is no go", async () => {
    await record(recordOf("preflight", "go"));

    const later = new Date("2026-01-02T03:14:07.000Z");
    expect((await check(later)).says).toContain("is 10 minutes old");
    expect((await check(new Date("2026-01-02T03:14:06.000Z"))).verdict).toBe("go");
  });

  test("that somebody changed is told", async () => {
    await record(recordOf("preflight", "go"), "{ no json");

    await expect(check()).rejects.toThrow(/could not be read: .*Put it aside/s);
  });

  async function check(at = now) {
    const target = { place: "7/16384" };
    return await checkPreflight({ records: folder, hash: "abc", target }, at);
  }
});

describe("bad input", () => {
  test("a database is confirmed by its name", () => {
    const target = { database: "agenticverz" };

    expect(() => demandConfirmed(target, "agenticverz")).not.toThrow();
    expect(() => demandConfirmed(target, undefined)).toThrow(/Add --confirm agenticverz/);
    expect(() => demandConfirmed(target, "other")).toThrow(/"other" is not its name/);
  });

  test.each([
    [
      "a URL with a password",
      { url: "postgres://ann:hunter2@db.example/x" },
      /holds a password and is refused/,
    ],
    ["what is no URL", { url: "embedded" }, /names no database of production/],
    [
      "a role that the bindings do not know",
      { url: "postgres://ann@127.0.0.1:1/x", role: ["boss=ann"] },
      /There is no boss among them/,
    ],
    ["a server that is not there", { url: "postgres://ann@127.0.0.1:1/x" }, /cannot be entered/],
  ] as const)("%s is told, without a password", async (_, { url, ...more }, told) => {
    const opening = openErrand(url, more);

    await expect(opening).rejects.toThrow(told);
    await expect(opening).rejects.not.toThrow(/hunter2/);
  });
});

async function report(change: Partial<VerifyReport>): Promise<string> {
  const file = join(folder, "verify.json");
  const whole = { ...reportOf(holding), migrations: { folder: "sql", to: "022", hash: "abc" } };
  await writeFile(file, JSON.stringify({ ...whole, ...change }));
  return file;
}

async function record(each: ProductionRecord, text = JSON.stringify(each)): Promise<void> {
  await mkdir(folder, { recursive: true });
  const name = `${each.startedAt.replaceAll(/[-:.]/g, "")}-${each.command}.json`;
  await writeFile(join(folder, name), text);
}
