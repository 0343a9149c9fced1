import type { Execution, Step, Taken } from "../schedule/execution.ts";
import { together } from "../schedule/footprint.ts";
import type { Rest } from "./puppet.ts";
import { type Touched, untouched } from "./footprints.ts";
import { go, sendEarly } from "./go-on.ts";
import type { Lane } from "./lane.ts";
import { type ActRecord, createPlayer, placeOf, type Player } from "./player.ts";
import type { Program } from "./program.ts";
import type { Scene, ToldStep } from "./scene.ts";
import { faultAt } from "./strike.ts";
import { takeIn } from "./take-in.ts";

/** A run of a program on a lane, from the lane's prepared state on. */
export interface ProgramRun extends Execution {
  /** What each session was answered so far, act by act. */
  records(): readonly (readonly ActRecord[])[];
  /** What happened so far, in words. */
  told(): readonly ToldStep[];
  /** The gates that were met so far. */
  met(): ReadonlySet<string>;
  /** What each session was found to have touched so far, when it was held or waited. */
  touched(): readonly Touched[];
}

/**
 * Begins a run. A call that comes to a gate before it touches anything goes on from there in the same step; where the
 * program begins early, it is sent as soon as its turn can come and held there, with what it read of the clock.
 */
export async function beginRun(lane: Lane, program: Program): Promise<ProgramRun> {
  await lane.reset();
  const scene: Scene = {
    lane,
    fault: program.fault,
    players: program.scripts.map((script, index) =>
      createPlayer(script, index, lane.controller.hits(index)),
    ),
    told: [],
    met: new Set(),
    step: 0,
  };
  const { players } = scene;
  const beginEarly = async (): Promise<void> => {
    if (program.beginsEarly !== true) return;
    for (const player of players) await sendEarly(scene, player);
  };
  const enabled = (): Step[] => players.flatMap((player) => stepOf(scene, player) ?? []);
  const onTheirWay = (): number[] => players.filter(({ sent }) => sent).map(({ index }) => index);
  await beginEarly();
  return {
    enabled,
    async take(step, stride) {
      const player = players[step.session];
      if (player === undefined) throw new Error(`the program has no session ${step.session}`);
      const taken: Taken[] = [];
      let now = step;
      let footprint = await go(scene, player, stride, (passed) => {
        taken.push({ step: now, footprint: passed, enabled: enabled() });
        now = stepOf(scene, player) ?? now;
      });
      await beginEarly();
      while (enabled().length === 0 && onTheirWay().length > 0) {
        await lane.controller.waitOut(onTheirWay());
        footprint = together(footprint, await takeIn(scene));
        await beginEarly();
      }
      return [...taken, { step: now, footprint, enabled: enabled() }];
    },
    records: () => players.map(({ records }) => records),
    told: () => scene.told,
    met: () => scene.met,
    touched: () => players.map(({ everTouched }) => [...everTouched].reduce(addTouched, untouched)),
  };
}

const idle: Rest = { kind: "idle", answer: undefined };

function addTouched(before: Touched, now: Touched): Touched {
  return {
    reads: before.reads.union(now.reads),
    writes: before.writes.union(now.writes),
    isUnknown: before.isUnknown || now.isUnknown,
  };
}

/** What a session may do from where it was seen last. */
function stepOf(scene: Scene, player: Player): Step | undefined {
  const rest = player.seen ?? idle;
  const place = placeOf(player, rest);
  if (place === undefined) return undefined;
  const fault = faultAt(scene, player);
  const from = fault === undefined ? place : `${place} ${fault.kind}`;
  const { index: session, hitsBefore } = player;
  if (!player.sent || rest.kind !== "held") return { session, from };
  return { session, from, at: rest.at.hit - hitsBefore };
}
