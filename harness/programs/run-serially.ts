import { follow, type Guide } from "../schedule/follow.ts";
import { keepActs } from "./kept-acts.ts";
import type { Lane } from "./lane.ts";
import { type LeftOut, tellOutcome } from "./outcome.ts";
import { beginRun } from "./program-run.ts";
import type { Program, Unit } from "./program.ts";
import type { ReadState } from "./read-state.ts";

/** Runs transactions one after the other from the lane's prepared state, and tells what they bring. */
export async function runSerially(
  lane: Lane,
  program: Program,
  order: readonly Unit[],
  { unmade, untold }: LeftOut,
  readState: ReadState,
): Promise<string> {
  const made = program.scripts.map(({ acts }, session) =>
    Array.from(acts.keys()).filter((at) => !unmade.has(`${session}.${at}`)),
  );
  const { scripts } = keepActs(program, made);
  const turns = order.map(({ session, last }) => ({
    session,
    until: (made[session] ?? []).filter((at) => at <= last).length,
  }));
  const run = await beginRun(lane, { title: program.title, scripts });
  await follow(run, inTurn(turns), { until: undefined });
  const outcome = { records: run.records(), state: await readState(lane.reader) };
  const places = made.flatMap((own, session) =>
    own.flatMap((at, place) => (untold.has(`${session}.${at}`) ? [`${session}.${place}`] : [])),
  );
  return tellOutcome({ ...program, scripts }, outcome, {
    unmade: new Set(),
    untold: new Set(places),
  });
}

/** Lets each session go on for as long as it is before the act that its turn ends with. */
function inTurn(turns: readonly { session: number; until: number }[]): Guide {
  let at = 0;
  return (enabled) => {
    for (; at < turns.length; at += 1) {
      const turn = turns[at];
      const step = enabled.find(
        ({ session, from }) => session === turn?.session && Number.parseInt(from, 10) < turn.until,
      );
      if (step !== undefined) return step;
    }
    return enabled[0];
  };
}
