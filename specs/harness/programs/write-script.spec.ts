/**
 * Goal: Whoever carries out the script of a witness with psql sees the same wrong answers and the same wrong rows, with
 * gates in the functions only where the window lies within a call.
 * Method: Schedules that go wrong are found and written as scripts, and the scripts are carried out step by step on
 * databases without gates, each section in a session of its own.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { exploreProgram } from "../../../harness/programs/explore-program.ts";
import type { Lane } from "../../../harness/programs/lane.ts";
import { tellBreach } from "../../../harness/programs/tell-breach.ts";
import { openScratchTenancy, type ScratchTenancy } from "../postgres/scratch-tenancy.ts";
import { carryOut } from "./carry-out.ts";
import { fillSeats, left, openSeats, pair, seats } from "./seats.ts";

const resources = new AsyncDisposableStack();
let scratch: ScratchTenancy;
let lane: Lane;
beforeAll(async () => {
  scratch = resources.use(await openScratchTenancy());
  lane = await openSeats(scratch, resources);
});
afterAll(() => resources.disposeAsync());

test.for([
  { name: "check_then_take", gates: false, answers: { ann: ["true"], ben: ["true"] } },
  { name: "count_up", gates: false, answers: { ann: ["1"], ben: ["1"] } },
  { name: "take_or_tell", gates: false, answers: { ann: ["ann"], ben: ["null"] } },
  { name: "take_or_read", gates: true, answers: { ann: ["null"], ben: ["ben"] } },
  {
    name: "reads_twice",
    other: "count_up_held",
    gates: true,
    answers: { ann: ["false"], ben: ["1"] },
  },
])(
  "the script of $name shows what the schedule showed",
  async ({ name, other, gates, answers }) => {
    const program = pair(name, other);
    const { breach } = await exploreProgram(lane, program, left, { reduce: true });
    if (breach === undefined) throw new Error(`${name} is broken and nothing was found`);
    const wrong = await left(lane.reader);
    const scene = { lane, state: { title: "" }, before: [fillSeats], program, readState: left };
    const { schedule } = await tellBreach(scene, breach);
    await using plain = await scratch.create(seats);

    const seen = await carryOut(schedule?.script ?? "", plain);

    expect(schedule?.script.includes("rehearsal_gates")).toBe(gates);
    expect(seen.answers).toEqual(answers);
    expect(seen.left).toEqual(wrong);
  },
);
