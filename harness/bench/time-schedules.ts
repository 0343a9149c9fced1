import type { Lane } from "../programs/lane.ts";
import { openLane } from "../programs/lane.ts";
import type { Program } from "../programs/program.ts";
import { beginRun } from "../programs/program-run.ts";
import { search, type SearchBounds } from "../schedule/search.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { plainProgram, plainSchedules, preparePlainTables } from "./plain-program.ts";
import { repeat, timed } from "./repeat.ts";
import { openBare, openScratch, type Take } from "./workbench.ts";

/** Schedules a second where no session waits and none is held within a statement, resets between them included. */
export const takeSchedules: Take = async (runs, run, workbench) => {
  await using bare = await openBare(run, workbench);
  await using lanes = await openPlainLanes(bare);
  await timePlain(lanes.all);
  return { values: await repeat(runs, () => timePlain(lanes.all)) };
};

/** Lanes that each have the tables of the plain program. */
export async function openPlainLanes(
  bare: Parameters<typeof openScratch>[0],
): Promise<AsyncDisposable & { readonly all: readonly Lane[] }> {
  await using opening = new AsyncDisposableStack();
  const all = await repeat(laneCount, async () => {
    const database = opening.use(await openScratch(bare, "template0"));
    const lane = opening.use(await openLane(database, { sessions: 3, role: "deployer" }));
    await preparePlainTables(lane);
    return lane;
  });
  const opened = opening.move();
  return { all, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** As many as a law uses at default effort. */
export const laneCount = 2;

/** The whole program on every lane at once. */
export async function timePlain(lanes: readonly Lane[]): Promise<number> {
  return await schedulesPerSecond(lanes, async (lane) => {
    const run = await runSchedules(lane, plainProgram, { reduce: false });
    if (run === plainSchedules) return run;
    throw new RehearsalError(
      "CHECK_WRONG",
      `Of ${plainSchedules} schedules ${run} were run: how long they took says nothing.`,
      { exitCode: 3 },
    );
  });
}

/** How many schedules all lanes together run in a second. */
export async function schedulesPerSecond(
  lanes: readonly Lane[],
  work: (lane: Lane) => Promise<number>,
): Promise<number> {
  let counts: number[] = [];
  const tookMs = await timed(async () => (counts = await Promise.all(lanes.map(work))));
  return (counts.reduce((sum, count) => sum + count, 0) * 1000) / tookMs;
}

/** Runs the schedules of a program without judging them; answers how many there were. */
export async function runSchedules(
  lane: Lane,
  program: Program,
  bounds: SearchBounds,
): Promise<number> {
  await lane.crew.cast(program);
  const { run } = await search(
    {
      begin: () => beginRun(lane, program),
      finish: () => Promise.resolve(true),
      abandon: () => lane.giveUp(),
    },
    bounds,
  );
  return run;
}
