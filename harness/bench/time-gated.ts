import { call, type Program } from "../programs/program.ts";
import { type Lane, openLane } from "../programs/lane.ts";
import { beginRun } from "../programs/program-run.ts";
import type { ReplayBinding } from "../laws/replay/replay-binding.ts";
import { choosing, follow } from "../schedule/follow.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { repeat, timed } from "./repeat.ts";
import { laneCount, runSchedules, schedulesPerSecond } from "./time-schedules.ts";
import { type Bare, openBare, openScratch, type Take } from "./workbench.ts";

/** Schedules a second of two sessions that record a replay of one original, held within the function, too. */
export const takeGated: Take = async (runs, run, workbench) => {
  await using bare = await openBare(run, workbench);
  await using opened = new AsyncDisposableStack();
  const lanes = await repeat(laneCount, () => openGatedLane(bare, opened));
  const program = recordTwice(bindingOf(bare));
  // Each of them is one of many in a law.
  const work = async (lane: Lane): Promise<number> => {
    const counts = await repeat(searches, () => runSchedules(lane, program, { reduce: false }));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  await schedulesPerSecond(lanes, work);
  return { values: await repeat(runs, () => schedulesPerSecond(lanes, work)) };
};

/** Milliseconds from the end of a schedule until the tables and sequences are what they were before it. */
export const takeReset: Take = async (runs, run, workbench) => {
  await using bare = await openBare(run, workbench);
  await using opened = new AsyncDisposableStack();
  const lane = await openGatedLane(bare, opened);
  const program = recordTwice(bindingOf(bare));
  const once = async (): Promise<number> => {
    await follow(await beginRun(lane, program), choosing([]));
    return await timed(() => lane.reset());
  };
  await once();
  return { values: await repeat(runs, once) };
};

/** How often the program is searched at a time: it has few schedules. */
const searches = 10;

async function openGatedLane(bare: Bare, opened: AsyncDisposableStack): Promise<Lane> {
  const database = opened.use(await openScratch(bare, bare.data.templates.target));
  const lane = opened.use(await openLane(database, { sessions: 2, role: "app" }));
  await lane.prepare(() => Promise.resolve());
  return lane;
}

function bindingOf({ input }: Bare): ReplayBinding {
  const replay = input.bindings?.binding.replay;
  if (replay !== undefined) return replay;
  throw new RehearsalError("NOT_BOUND", "The default bindings bind no replay log to measure.", {
    exitCode: 3,
  });
}

function recordTwice(binding: ReplayBinding): Program {
  return {
    title: "two record one replay",
    scripts: ["ann", "ben"].map((replayedBy) => ({
      name: replayedBy,
      isolation: "read committed",
      acts: [call(binding.record({ originalId: "o-1", deadLetterId: "d-1", replayedBy }))],
    })),
  };
}
