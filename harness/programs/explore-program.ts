import type { Schedule, Step } from "../schedule/execution.ts";
import { follow, replaying } from "../schedule/follow.ts";
import { sample } from "../schedule/sample.ts";
import {
  type Program as Runs,
  search,
  type SearchBounds,
  type SearchReport,
} from "../schedule/search.ts";
import { keepActs, keepAll, type Kept, lessByOne } from "./kept-acts.ts";
import { judgeWaits } from "./judge-apart.ts";
import type { Lane } from "./lane.ts";
import type { Program } from "./program.ts";
import { beginRun, type ProgramRun } from "./program-run.ts";
import { createRandom } from "../explore/random.ts";
import type { ReadState } from "./read-state.ts";
import type { ToldStep } from "./scene.ts";
import { createSerialJudge, type Finding, type SerialJudge } from "./serial-judge.ts";

export interface Explored {
  readonly report: SearchReport;
  /** The schedule with the fewest preemptions that was found to go wrong, if one was. */
  readonly breach: Breach | undefined;
}

export interface Breach {
  readonly finding: Finding;
  /** What is left of the program that shows it, and the schedule. */
  readonly kept: Kept;
  readonly schedule: Schedule;
  readonly told: readonly ToldStep[];
  /** The gates that its sessions met. */
  readonly met: ReadonlySet<string>;
  /** Whether the same schedule, run twice more, went wrong in the same way. */
  readonly repeats: boolean;
}

/** Every schedule within bounds, or so many that are drawn at random. */
export type ExploreBounds = SearchBounds | { readonly runs: number; readonly seed: number };

/** Runs a program under every schedule within the bounds, from the lane's prepared state, until one of them goes wrong. */
export async function exploreProgram(
  lane: Lane,
  program: Program,
  readState: ReadState,
  bounds: ExploreBounds,
): Promise<Explored> {
  const attempt = await attemptAt(lane, program, readState);
  const { report, breach } = await searchForBreach(attempt, bounds);
  if (breach === undefined) return { report, breach };
  const smaller = await withFewerCalls(attempt, keepAll(program), breach);
  const smallest = (await withFewerPreemptions(smaller.attempt, smaller.breach)) ?? smaller.breach;
  const repeats = await goesWrongTwice(smaller.attempt, smallest);
  return { report, breach: { ...smallest, kept: smaller.kept, repeats } };
}

/** Runs one schedule of a program: what was wrong with it, if anything; it `strayed` if it cannot be followed to the end. */
export async function replaySchedule(
  lane: Lane,
  program: Program,
  readState: ReadState,
  schedule: Schedule,
): Promise<Replay> {
  const attempt = await attemptAt(lane, program, readState);
  const run = await beginRun(lane, program);
  const { schedule: followed, ended } = await follow(run, replaying(schedule));
  const { told, met } = { told: run.told(), met: run.met() };
  if (!ended) {
    const enabled = run.enabled();
    await lane.giveUp();
    const finding = deadlockIn(program, told);
    if (finding !== undefined) return { kind: "ended", told, met, finding };
    return { kind: "strayed", told, met, after: followed.length, enabled };
  }
  return { kind: "ended", told, met, finding: await judgeRun(attempt, run) };
}

export type Replay = { readonly told: readonly ToldStep[]; readonly met: ReadonlySet<string> } & (
  | { readonly kind: "ended"; readonly finding: Finding | undefined }
  /** After so many steps; who could have gone on then. */
  | { readonly kind: "strayed"; readonly after: number; readonly enabled: readonly Step[] }
);

/** A program on its lane, ready to be run: its sessions are cast, and what its calls bring one after the other is known. */
interface Attempt {
  readonly lane: Lane;
  readonly program: Program;
  readonly readState: ReadState;
  readonly judge: SerialJudge;
}

async function attemptAt(lane: Lane, program: Program, readState: ReadState): Promise<Attempt> {
  await lane.crew.cast(program);
  const judge = createSerialJudge(lane, program, readState);
  await judge.rehearse();
  return { lane, program, readState, judge };
}

type Found = Omit<Breach, "repeats" | "kept"> & { readonly preemptions: number };

async function searchForBreach(
  attempt: Attempt,
  bounds: ExploreBounds,
): Promise<{ report: SearchReport; breach: Found | undefined }> {
  const { lane, program } = attempt;
  let run: ProgramRun | undefined;
  let breach: Found | undefined;
  const runs: Runs = {
    begin: async () => (run = await beginRun(lane, program)),
    async finish(schedule, preemptions) {
      if (run === undefined) return true;
      const finding = await judgeRun(attempt, run);
      if (finding === undefined) return true;
      breach = { finding, schedule, told: run.told(), met: run.met(), preemptions };
      return false;
    },
    abandon: () => lane.giveUp(),
  };
  const report = "seed" in bounds ? await draw(runs, program, bounds) : await search(runs, bounds);
  return { report, breach };
}

function draw(
  runs: Runs,
  { scripts }: Program,
  bounds: { readonly runs: number; readonly seed: number },
): Promise<SearchReport> {
  const random = createRandom(bounds.seed);
  const options = { runs: bounds.runs, sessions: scripts.length, changes: changesOfTurns };
  return sample(runs, options, () => random.below(fine) / fine);
}

/** Most that goes wrong needs no more than that. */
const changesOfTurns = 2;
const fine = 1_000_000;

async function judgeRun(
  { lane, program, judge, readState }: Attempt,
  run: ProgramRun,
): Promise<Finding | undefined> {
  const outcome = { records: run.records(), state: await readState(lane.reader) };
  const finding = await judge.judge(outcome);
  if (finding !== undefined || program.isApart !== true) return finding;
  return await judgeWaits(program, run, lane.reader);
}

/** Leaves out sessions and calls, one after the other, for as long as what is left goes wrong as well. */
async function withFewerCalls(
  whole: Attempt,
  kept: Kept,
  breach: Found,
): Promise<{ attempt: Attempt; kept: Kept; breach: Found }> {
  const { lane, program, readState } = whole;
  for (const less of lessByOne(program, kept)) {
    const attempt = await attemptAt(lane, keepActs(program, less), readState);
    const found = await searchForBreach(attempt, { reduce: true, runs: mostRunsToShrink });
    if (found.breach !== undefined) return await withFewerCalls(whole, less, found.breach);
  }
  return { attempt: await attemptAt(lane, keepActs(program, kept), readState), kept, breach };
}

/** Looks for one with fewer preemptions, fewest first. */
async function withFewerPreemptions(
  attempt: Attempt,
  { preemptions }: Found,
): Promise<Found | undefined> {
  for (let fewer = 0; fewer < preemptions; fewer += 1) {
    const bounds = { reduce: false, preemptions: fewer, runs: mostRunsToShrink };
    const { breach } = await searchForBreach(attempt, bounds);
    if (breach !== undefined) return breach;
  }
  return undefined;
}

const mostRunsToShrink = 200;

async function goesWrongTwice(attempt: Attempt, { schedule, finding }: Found): Promise<boolean> {
  for (let time = 0; time < 2; time += 1) {
    const run = await beginRun(attempt.lane, attempt.program);
    const { ended } = await follow(run, replaying(schedule));
    if (!ended) await attempt.lane.giveUp();
    const isDeadlock = finding.happened.includes(deadlock);
    if (isDeadlock && deadlockIn(attempt.program, run.told()) !== undefined) continue;
    if (!ended) return false;
    const again = await judgeRun(attempt, run);
    if (again?.happened !== finding.happened) return false;
  }
  return true;
}

/**
 * Of sessions that wait for one another, which one is told so depends on when the server looks. Another time it may be
 * another, and then the rest of the schedule cannot be followed: that they came to it is what was to be seen.
 */
function deadlockIn({ scripts }: Program, told: readonly ToldStep[]): Finding | undefined {
  const ended = told.find(({ answer }) => answer.includes(deadlock));
  if (ended === undefined) return undefined;
  const name = scripts[ended.session]?.name ?? "";
  return {
    expected: "what one after the other brings: nobody waits in a circle",
    happened: `${name} ${ended.answer}`,
  };
}

const deadlock = "error 40P01";
