/**
 * Goal: Whatever goes wrong only under some schedule of two sessions is found, with a schedule that shows it again, and
 * nothing is said of functions that are sound.
 * Method: A small table with functions that are sound or broken in the usual ways, in a gated database; every schedule of
 * two calls is run. No race and no luck is in it.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Explored, exploreProgram } from "../../../harness/programs/explore-program.ts";
import type { Lane } from "../../../harness/programs/lane.ts";
import { call, type Program, transactionAct } from "../../../harness/programs/program.ts";
import { plainText, sql } from "../../../harness/postgres/query.ts";
import { openScratchTenancy } from "../postgres/scratch-tenancy.ts";
import { answer, left, openSeats, pair } from "./seats.ts";

const resources = new AsyncDisposableStack();
let lane: Lane;
beforeAll(async () => {
  const scratch = resources.use(await openScratchTenancy());
  lane = await openSeats(scratch, resources);
});
afterAll(() => resources.disposeAsync());

test.for([["take"], ["count_up_held"]])("%s is sound under every schedule", async ([name]) => {
  const { report, breach } = await explore(pair(name ?? ""));

  expect(breach).toBeUndefined();
  expect(report.exhausted).toBe(true);
  expect(report.run).toBeGreaterThan(1);
});

test.for([
  { name: "check_then_take", told: "true" },
  { name: "take_or_read", told: "[]" },
  { name: "count_up", told: "1" },
])("$name goes wrong under some schedule, which shows it again", async ({ name, told }) => {
  const { breach } = await explore(pair(name));

  expect(breach).toMatchObject({ repeats: true });
  expect(breach?.finding.happened).toContain(told);
  expect(breach?.told.length).toBeGreaterThan(2);
});

test("a schedule is told with one preemption where that is enough; then the other one waits", async () => {
  const { breach } = await explore(pair("count_up"));
  const sessions = breach?.schedule.map(({ session }) => session).join("") ?? "";

  expect(sessions).toMatch(/^(?:0+1+0+1*|1+0+1+0*)$/);
});

test("two that lock crosswise are found by the deadlock that nobody gets who comes alone", async () => {
  const { breach } = await explore({
    title: "crosswise",
    scripts: [["b", "c"] as const, ["c", "b"] as const].map(([first, second], at) => ({
      name: `s${at}`,
      isolation: "read committed",
      acts: [answer(plainText(`select lock_both('${first}', '${second}') as answer`))],
    })),
  });

  expect(breach?.finding.happened).toContain("40P01");
});

test("calls that share nothing need one schedule", async () => {
  const { report } = await explore({
    title: "apart",
    scripts: [
      { name: "s0", isolation: "read committed", acts: [answer(plainText("select take('x')"))] },
      {
        name: "s1",
        isolation: "read committed",
        acts: [answer(plainText("select check_then_take('y')"))],
      },
    ],
  });

  expect(report).toMatchObject({ run: 1, exhausted: true });
});

test("who waits is not apart, and is told what both touch", async () => {
  const { breach } = await explore({ ...pair("count_up_held"), isApart: true });

  expect(breach).toMatchObject({ repeats: true });
  expect(breach?.finding.happened).toMatch(/^(?:ann|ben) waited; both touch seat$/);
});

test.for([
  { tried: pair("take", "check_then_take"), shares: "nothing" },
  { tried: pair("take", "count_up_held"), shares: "a table and no row" },
  { tried: pair("draw"), shares: "a sequence only" },
])("$tried.title is apart: it shares $shares", async ({ tried }) => {
  const { report, breach } = await explore({ ...tried, isApart: true });

  expect(breach).toBeUndefined();
  expect(report.exhausted).toBe(true);
});

test("what a transaction that is rolled back did counts for nobody", async () => {
  const [first, second] = pair("take").scripts;
  if (first === undefined || second === undefined) throw new Error("a pair has two scripts");
  const { report, breach } = await explore({
    title: "rolled back",
    scripts: [
      { ...first, acts: [transactionAct("begin"), ...first.acts, transactionAct("rollback")] },
      second,
    ],
  });

  expect(breach).toBeUndefined();
  expect(report.exhausted).toBe(true);
});

test("an answer that does not fit what is said of it ends the search, and the lane goes on", async () => {
  const [first, second] = pair("take").scripts;
  if (first === undefined || second === undefined) throw new Error("a pair has two scripts");
  const wrong = call(sql.type(z.object({ answer: z.number() }))`select take('a') as answer`);

  const explored = explore({ title: "wrong", scripts: [{ ...first, acts: [wrong] }, second] });

  await expect(explored).rejects.toThrow(/expected number/);
  expect((await explore(pair("take"))).breach).toBeUndefined();
});

function explore(program: Program): Promise<Explored> {
  return exploreProgram(lane, program, left, { reduce: true });
}
