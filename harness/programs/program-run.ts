import type { Execution, Step } from "../schedule/execution.ts";
import { type Footprint, nothing, together } from "../schedule/footprint.ts";
import type { Rest } from "./puppet.ts";
import { describeFault } from "./fault.ts";
import { type Touched, untouched } from "./footprints.ts";
import type { Lane } from "./lane.ts";
import { type ActRecord, actOf, createPlayer, placeOf, type Player } from "./player.ts";
import type { Program } from "./program.ts";
import { restOf, type Scene, type ToldStep } from "./scene.ts";
import { faultAt, strike } from "./strike.ts";
import { noRows, takeIn } from "./take-in.ts";

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
    players: program.scripts.map(createPlayer),
    told: [],
    met: new Set(),
    step: 0,
  };
  const { players } = scene;
  const touched = players.map(() => untouched);
  const beginEarly = async (): Promise<void> => {
    if (program.beginsEarly !== true) return;
    for (const player of players) await sendEarly(scene, player);
  };
  const enabled = (): Step[] =>
    players.flatMap((player) => {
      const from = placeOf(player, restOf(scene, player));
      if (from === undefined) return [];
      const fault = faultAt(scene, player);
      return [
        { session: player.index, from: fault === undefined ? from : `${from} ${fault.kind}` },
      ];
    });
  const onTheirWay = (): number[] => players.filter(({ sent }) => sent).map(({ index }) => index);
  await beginEarly();
  return {
    enabled,
    async take({ session }) {
      const player = players[session];
      if (player === undefined) throw new Error(`the program has no session ${session}`);
      scene.step += 1;
      let taken = await go(scene, player);
      await beginEarly();
      while (enabled().length === 0 && onTheirWay().length > 0) {
        await lane.controller.waitOut(onTheirWay());
        taken = together(taken, await takeIn(scene));
        await beginEarly();
      }
      for (const { index, touched: now } of players)
        touched[index] = addTouched(touched[index] ?? untouched, now);
      return taken;
    },
    records: () => players.map(({ records }) => records),
    told: () => scene.told,
    met: () => scene.met,
    touched: () => touched,
  };
}

function addTouched(before: Touched, now: Touched): Touched {
  return {
    reads: before.reads.union(now.reads),
    writes: before.writes.union(now.writes),
    isUnknown: before.isUnknown || now.isUnknown,
  };
}

/** Takes the step of one session, and those that others take because of it. */
async function go(scene: Scene, player: Player): Promise<Footprint> {
  const { controller } = scene.lane;
  const rest = restOf(scene, player);
  const fault = faultAt(scene, player);
  const does = fault === undefined ? describeStep(player, rest) : describeFault(fault.kind);
  const snapshot = { ...nothing, keepsSnapshot: !player.sent && takesLastingSnapshot(player) };
  player.began ??= scene.step;
  if (fault !== undefined) await strike(scene, player, fault);
  else if (!player.sent) await begin(scene, player);
  else if (rest.kind === "held") await controller.letGo(player.index);
  else await controller.waitOut([player.index]);
  const ranOut = player.sent && rest.kind === "waits";
  return together(snapshot, await takeIn(scene, { player, does, ranOut, fault: fault?.kind }));
}

/** Sends what comes next, and lets it go on from a gate that it comes to before it touches anything. */
async function begin(scene: Scene, player: Player): Promise<void> {
  await send(scene, player);
  const { text } = actOf(player) ?? { text: "" };
  if (restOf(scene, player).kind !== "held" || !scene.lane.firstStops.isAtGate(text)) return;
  await takeIn(scene, { player, does: undefined });
  await scene.lane.controller.letGo(player.index);
}

/** `begin` goes with what comes after it: by itself it does nothing. */
async function send(scene: Scene, player: Player): Promise<void> {
  const { controller } = scene.lane;
  let act = actOf(player);
  if (act?.kind === "begin") {
    await controller.send(player.index, act.query);
    player.records.push({ act, answer: noRows, began: scene.step, ended: scene.step });
    player.sending.push(act);
    player.at += 1;
    player.inTransaction = true;
    act = actOf(player);
  }
  if (act === undefined) throw new Error(`${player.script.name} has nothing left to do`);
  player.way = `${player.way}; ${act.text}`;
  player.sent = true;
  player.sending.push(act);
  await controller.send(player.index, act.query);
}

/** Where a snapshot is kept for a whole transaction, it matters when its first statement is sent. */
function takesLastingSnapshot({ script, inTransaction }: Player): boolean {
  return script.isolation !== "read committed" && !inTransaction;
}

async function sendEarly(scene: Scene, player: Player): Promise<void> {
  const act = actOf(player);
  const first = act?.kind === "begin" ? player.script.acts[player.at + 1] : act;
  if (player.sent || first?.kind !== "call" || takesLastingSnapshot(player)) return;
  if (!scene.lane.firstStops.isAtGate(first.text)) return;
  player.began = scene.step;
  const does = `begins ${describeStep(player, restOf(scene, player))}`;
  await send(scene, player);
  await takeIn(scene, { player, does });
}

function describeStep(player: Player, rest: Rest): string {
  if (player.sent && rest.kind === "waits") return "has waited for as long as it may";
  if (player.sent) return "goes on";
  const acts = player.script.acts.slice(player.at, player.at + 2);
  return acts[0]?.kind === "begin"
    ? acts.map(({ gist }) => gist).join("; ")
    : (acts[0]?.gist ?? "");
}
