/**
 * Goal: Each law is tried on a stage that nobody else has touched, its verdict is what its trial found, and what it
 * opened is gone afterwards.
 * Method: Small laws of this file's own are staged on the specs' servers.
 */
import { afterEach, beforeEach, expect, inject, onTestFinished, test } from "vitest";
import { z } from "zod";
import "../../../harness/kit/describe-laws.ts";
import { createRecorder } from "../../../harness/explore/recorder.ts";
import type { Stage } from "../../../harness/explore/stage.ts";
import type { Law } from "../../../harness/laws/law.ts";
import type { Rehearsal } from "../../../harness/laws/rehearsal.ts";
import { openTheatre, type Theatre } from "../../../harness/laws/theatre.ts";
import { tryLaw } from "../../../harness/laws/try-law.ts";
import type { Database } from "../../../harness/postgres/database.ts";
import { sql } from "../../../harness/postgres/query.ts";
import { openAdminSession } from "../../../harness/postgres/tenancy.ts";

type Tried = Awaited<ReturnType<Theatre<string>["stage"]>>;

let theatre: Theatre<string>;
beforeEach(() => {
  theatre = openTheatre(inject("rehearsal"), undefined, "the part");
});
afterEach(() => theatre[Symbol.asyncDispose]());

test("a trial that finds nothing and meets what it must is a law that holds, with what was tried", async () => {
  const tried = await stage({
    situations: ["a wait"],
    async trial({ tally, binding }) {
      expect(binding).toBe("the part");
      tally.meet("a wait");
      tally.count("schedules", 3);
    },
  });

  expect(tried).toMatchObject({
    verdict: {
      kind: "holds",
      evidence: { schedules: 3, met: { "a wait": 1 }, seed: inject("rehearsal").seed },
    },
  });
});

test("a trial that did not meet what it must leaves the law unknown, and says what was missing", async () => {
  const tried = await stage({ situations: ["a wait", "an expiry"], trial: meet("an expiry") });

  expect(tried.verdict).toMatchObject({
    kind: "unknown",
    reason: expect.stringMatching(/did not meet a wait\./),
  });
});

test("what a judge finds is a broken law, and the witness has the steps so far", async () => {
  const tried = await stage({
    async trial() {
      const judge = createRecorder("two calls");
      judge.begin("ann", "asks")("2");
      judge.demandEqual(2, 1, "the count");
    },
  });

  expect(tried.verdict).toMatchObject({
    kind: "broken",
    witness: {
      trial: "two calls",
      expected: "the count: 1",
      happened: "the count: 2",
      steps: [{ who: "ann", does: "asks", answer: "2" }],
    },
  });
});

test.for([
  { what: "a column", query: "select token from pg_class", named: 'column "token" does not exist' },
  { what: "a table", query: "select 1 from nowhere", named: 'relation "nowhere" does not exist' },
  { what: "a function", query: "select no_such(1)", named: "no_such(integer) does not exist" },
])(
  "where $what that the law judges by is missing, it is broken and says so",
  async ({ query, named }) => {
    const tried = await stage({ trial: run(query) });

    expect(tried.verdict).toMatchObject({
      kind: "broken",
      witness: { happened: expect.stringContaining(named) },
    });
  },
);

test("any other error of the trial's own leaves the law unknown, with its place", async () => {
  const tried = await stage({ trial: run("select 1 / 0") });

  expect(tried.verdict).toMatchObject({
    kind: "unknown",
    reason: expect.stringMatching(/division by zero \(at .*harness\/.*\)/),
  });
});

test("laws share a database, and each finds it as the migrations left it", async () => {
  const names: string[] = [];
  const leaveRows: Partial<Law<string>> = {
    async trial({ database }) {
      names.push(database.name);
      await using owner = await database.connect({ name: "owner", role: "deployer" });
      const { rows } = await owner.one(sql.type(z.object({ rows: z.number() }))`
        select count(*) as rows from m10_recovery.work_queue`);
      expect(rows).toBe(0);
      await owner.run("select m10_recovery.enqueue_work(1, 'x')");
    },
  };

  const one = await stage(leaveRows);
  const other = await stage(leaveRows);

  expect([one.verdict.kind, other.verdict.kind]).toEqual(["holds", "holds"]);
  expect(new Set(names).size).toBe(1);
});

test("a clone is the law's own and is gone after it", async () => {
  let clone: Database | undefined;
  await stage({
    async trial(playing) {
      clone = await playing.clone();
      expect(clone.name).not.toBe(playing.database.name);
    },
  });

  expect(await databaseIsThere(clone)).toBe(false);
});

test("closing the theatre drops the shared database", async () => {
  let shared: Database | undefined;
  await stage({
    async trial({ database }) {
      shared = database;
    },
  });
  const before = await databaseIsThere(shared);

  await theatre[Symbol.asyncDispose]();

  expect([before, await databaseIsThere(shared)]).toEqual([true, false]);
  theatre = openTheatre(inject("rehearsal"), undefined, "the part");
});

test("asked to keep, a broken law's database stays with its rows and the next law gets another", async () => {
  theatre = openTheatre({ ...inject("rehearsal"), keep: true }, undefined, "the part");
  let first: Database | undefined;
  const tried = await stage({
    async trial({ database }) {
      first = database;
      createRecorder("kept").demand(false, { expected: "so", happened: "not so" });
    },
  });
  onTestFinished(() => drop(first));
  let second: Database | undefined;
  await stage({
    async trial({ database }) {
      second = database;
    },
  });

  await theatre[Symbol.asyncDispose]();

  expect(tried.kept).toBe(first?.url);
  expect(await databaseIsThere(first)).toBe(true);
  expect(second?.name).not.toBe(first?.name);
  expect(await databaseIsThere(second)).toBe(false);
});

test("without Redis a law that needs it is not run, and says why; others are", async () => {
  const redis = { unavailable: "there is none here" };
  theatre = openTheatre({ ...inject("rehearsal"), redis }, undefined, "the part");

  const needing = await stage({ needs: ["redis"] });
  const other = await stage({});

  expect(needing.verdict).toEqual({ kind: "not-run", reason: "there is none here" });
  expect(other.verdict.kind).toBe("holds");
});

test("rights that were lent are noted on every law", async () => {
  const rehearsal: Rehearsal = { ...inject("rehearsal"), lent: "rights were lent" };
  theatre = openTheatre(rehearsal, undefined, "the part");

  const tried = await stage({});

  expect(tried.verdict).toMatchObject({ evidence: { notes: ["rights were lent"] } });
});

function stage(law: Partial<Law<string>>): Promise<Tried> {
  const whole: Law<string> = {
    id: "spec.law",
    claim: "this spec is right",
    situations: [],
    trial: async () => {},
    ...law,
  };
  return theatre.stage(whole, (playing) => tryLaw(whole, playing));
}

function meet(situation: string): Law<string>["trial"] {
  return async ({ tally }) => tally.meet(situation);
}

function run(query: string): Law<string>["trial"] {
  return async ({ database }: Stage<string>) => {
    await using session = await database.connect({ name: "owner", role: "deployer" });
    await session.run(query);
  };
}

async function databaseIsThere(database: Database | undefined): Promise<boolean> {
  await using admin = await openAdminSession(inject("rehearsal").tenancy.address);
  const { rows } = await admin.run("select from pg_database where datname = $1", [database?.name]);
  return rows.length > 0;
}

async function drop(database: Database | undefined): Promise<void> {
  await using admin = await openAdminSession(inject("rehearsal").tenancy.address);
  await admin.run(`drop database "${database?.name ?? ""}" with (force)`);
}
