import type { Schedule } from "../schedule/execution.ts";
import { follow, replaying } from "../schedule/follow.ts";
import { search, type SearchBounds, type SearchReport } from "../schedule/search.ts";
import type { Lane } from "./lane.ts";
import type { Program } from "./program.ts";
import { beginRun, type ProgramRun } from "./program-run.ts";
import type { ToldStep } from "./scene.ts";
import {
  createSerialJudge,
  type Finding,
  type ReadState,
  type SerialJudge,
} from "./serial-judge.ts";

export interface Explored {
  readonly report: SearchReport;
  /** The schedule with the fewest preemptions that was found to go wrong, if one was. */
  readonly breach: Breach | undefined;
}

export interface Breach {
  readonly finding: Finding;
  readonly schedule: Schedule;
  readonly told: readonly ToldStep[];
  /** Whether the same schedule, run twice more, went wrong in the same way. */
  readonly repeats: boolean;
}

/** Runs a program under every schedule within the bounds, from the lane's prepared state, until one of them goes wrong. */
export async function exploreProgram(
  lane: Lane,
  program: Program,
  readState: ReadState,
  bounds: SearchBounds,
): Promise<Explored> {
  await lane.cast(program);
  const judge = createSerialJudge(lane, program, readState);
  await judge.rehearse();
  const attempt: Attempt = { lane, program, readState, judge };
  const { report, breach } = await searchForBreach(attempt, bounds);
  if (breach === undefined) return { report, breach };
  const smaller = (await smallerBreach(attempt, breach)) ?? breach;
  return { report, breach: { ...smaller, repeats: await repeats(attempt, smaller) } };
}

interface Attempt {
  readonly lane: Lane;
  readonly program: Program;
  readonly readState: ReadState;
  readonly judge: SerialJudge;
}

type Found = Omit<Breach, "repeats"> & { readonly preemptions: number };

async function searchForBreach(
  attempt: Attempt,
  bounds: SearchBounds,
): Promise<{ report: SearchReport; breach: Found | undefined }> {
  const { lane, program } = attempt;
  let run: ProgramRun | undefined;
  let breach: Found | undefined;
  const report = await search(
    {
      begin: async () => (run = await beginRun(lane, program)),
      async finish(schedule, preemptions) {
        if (run === undefined) return true;
        const finding = await judgeRun(attempt, run);
        if (finding === undefined) return true;
        breach = { finding, schedule, told: run.told(), preemptions };
        return false;
      },
      abandon: () => lane.giveUp(),
    },
    bounds,
  );
  return { report, breach };
}

async function judgeRun(
  { lane, judge, readState }: Attempt,
  run: ProgramRun,
): Promise<Finding | undefined> {
  return await judge.judge({ records: run.records(), state: await readState(lane.reader) });
}

/** Looks for one with fewer preemptions, fewest first. */
async function smallerBreach(attempt: Attempt, { preemptions }: Found): Promise<Found | undefined> {
  for (let fewer = 0; fewer < preemptions; fewer += 1) {
    const bounds = { reduce: false, preemptions: fewer, runs: mostRunsToShrink };
    const { breach } = await searchForBreach(attempt, bounds);
    if (breach !== undefined) return breach;
  }
  return undefined;
}

const mostRunsToShrink = 200;

async function repeats(attempt: Attempt, { schedule, finding }: Found): Promise<boolean> {
  for (let time = 0; time < 2; time += 1) {
    const run = await beginRun(attempt.lane, attempt.program);
    const { ended } = await follow(run, replaying(schedule));
    if (!ended) {
      await attempt.lane.giveUp();
      return false;
    }
    const again = await judgeRun(attempt, run);
    if (again?.happened !== finding.happened) return false;
  }
  return true;
}
