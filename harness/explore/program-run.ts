import type { Answer } from "../postgres/session.ts";
import type { Execution, Step } from "../schedule/execution.ts";
import { anything, type Footprint, nothing, together } from "../schedule/footprint.ts";
import type { Rest } from "./controller.ts";
import { type Touched, untouched } from "./footprints.ts";
import type { Lane } from "./lane.ts";
import { type ActRecord, actOf, createPlayer, placeOf, type Player } from "./player.ts";
import type { Program } from "./program.ts";
import { showAnswer } from "./recorder.ts";

/** A run of a program on a lane, from the lane's prepared state on. */
export interface ProgramRun extends Execution {
  /** What each session was answered so far, act by act. */
  records(): readonly (readonly ActRecord[])[];
  /** What happened so far, in words. */
  told(): readonly ToldStep[];
}

export interface ToldStep {
  readonly session: number;
  readonly does: string;
  readonly comesTo: string;
}

/**
 * Begins a run. A call that comes to a gate before it touches anything goes on from there in the same step; where the
 * program begins early, it is sent as soon as its turn can come and held there, with what it read of the clock.
 */
export async function beginRun(lane: Lane, program: Program): Promise<ProgramRun> {
  await lane.reset();
  const scene: Scene = {
    lane,
    players: program.scripts.map(createPlayer),
    beginsEarly: program.beginsEarly === true,
    told: [],
    step: 0,
  };
  const { players } = scene;
  for (const player of players) await sendEarly(scene, player);
  const enabled = (): Step[] => {
    const rests = lane.controller.rests();
    return players.flatMap((player) => {
      const from = placeOf(player, rests[player.index]);
      return from === undefined ? [] : [{ session: player.index, from }];
    });
  };
  const onTheirWay = (): number[] => players.filter(({ sent }) => sent).map(({ index }) => index);
  return {
    enabled,
    async take({ session }) {
      const player = players[session];
      if (player === undefined) throw new Error(`the program has no session ${session}`);
      scene.step += 1;
      let taken = await go(scene, player);
      while (enabled().length === 0 && onTheirWay().length > 0) {
        await lane.controller.waitOut(onTheirWay());
        taken = together(taken, await absorbAll(scene));
      }
      return taken;
    },
    records: () => players.map(({ records }) => records),
    told: () => scene.told,
  };
}

interface Scene {
  readonly lane: Lane;
  readonly players: readonly Player[];
  readonly beginsEarly: boolean;
  readonly told: ToldStep[];
  step: number;
}

/** Takes the step of one session, and those that others take because of it. */
async function go(scene: Scene, player: Player): Promise<Footprint> {
  const { controller } = scene.lane;
  const rest = controller.rests()[player.index];
  const does = describeStep(player, rest);
  player.began ??= scene.step;
  let snapshot = nothing;
  if (!player.sent) {
    snapshot = { ...nothing, keepsSnapshot: takesLastingSnapshot(player) };
    await send(scene, player);
    const { text } = actOf(player) ?? { text: "" };
    if (restOf(scene, player).kind === "held" && scene.lane.beginsAtGate(text)) {
      await absorbAll(scene, { player, does: undefined });
      await controller.letGo(player.index);
    }
  } else if (rest?.kind === "held") await controller.letGo(player.index);
  else await controller.waitOut([player.index]);
  const ranOut = rest?.kind === "waits";
  return together(snapshot, await absorbAll(scene, { player, does, ranOut }));
}

/** `begin` goes with what comes after it: by itself it does nothing. */
async function send(scene: Scene, player: Player): Promise<void> {
  const { controller } = scene.lane;
  let act = actOf(player);
  if (act?.kind === "begin") {
    await controller.send(player.index, act.query);
    player.records.push({ act, answer: noRows, began: scene.step, ended: scene.step });
    player.at += 1;
    player.inTransaction = true;
    act = actOf(player);
  }
  if (act === undefined) throw new Error(`${player.script.name} has nothing left to do`);
  player.way = `${player.way}; ${act.text}`;
  player.sent = true;
  await controller.send(player.index, act.query);
}

const noRows: Answer = { kind: "rows", rows: [] };

/** Where a snapshot is kept for a whole transaction, it matters when its first statement is sent. */
function takesLastingSnapshot({ script, inTransaction }: Player): boolean {
  return script.isolation !== "read committed" && !inTransaction;
}

async function sendEarly(scene: Scene, player: Player): Promise<void> {
  const act = actOf(player);
  const first = act?.kind === "begin" ? player.script.acts[player.at + 1] : act;
  if (first?.kind !== "call" || !scene.beginsEarly || takesLastingSnapshot(player)) return;
  if (!scene.lane.beginsAtGate(first.text)) return;
  player.began = scene.step;
  await send(scene, player);
  await absorbAll(scene, { player, does: undefined });
}

/** Who takes the step, and what is said of it; nothing is said of what nobody can notice. */
interface Mover {
  readonly player: Player;
  readonly does: string | undefined;
  /** Whether the step is that a bounded wait ran out. */
  readonly ranOut?: boolean;
}

/** Takes in what has changed since it was last looked at. */
async function absorbAll(scene: Scene, mover?: Mover): Promise<Footprint> {
  let all = nothing;
  let freed = false;
  for (const player of scene.players) {
    if (!player.sent || restOf(scene, player) === player.seen) continue;
    while (isEcho(scene, player)) await scene.lane.controller.letGo(player.index);
    const rest = restOf(scene, player);
    player.seen = rest;
    const isMover = player === mover?.player;
    const does = isMover ? mover.does : "goes on";
    if (does !== undefined)
      scene.told.push({ session: player.index, does, comesTo: describeRest(scene, rest) });
    const footprint = await absorb(scene, player, rest);
    all = together(all, isMover && mover.ranOut === true ? lookedAt(footprint) : footprint);
    freed ||= !isMover;
    if (rest.kind === "idle") await sendEarly(scene, player);
  }
  // Whoever frees another ends something, if only a part of its transaction.
  return freed ? { ...all, ends: all.ends.union(all.writes) } : all;
}

function restOf({ lane }: Scene, player: Player): Rest {
  const rest = lane.controller.rests()[player.index];
  if (rest === undefined) throw new Error(`the lane has no session ${player.index}`);
  return rest;
}

/** An upsert fires the triggers of an insert and those of an update one after the other: the second gate shows nothing new. */
function isEcho(scene: Scene, player: Player): boolean {
  const rest = restOf(scene, player);
  if (rest.kind !== "held") return false;
  const [last, now] = [player.lastGate, rest.at.gate].map((gate) => scene.lane.placeOf(gate));
  return (
    last?.kind === "trigger" &&
    now?.kind === "trigger" &&
    last.table === now.table &&
    last.event === "insert" &&
    now.event === "update" &&
    [...player.hits.keys()].some((gate) => scene.lane.placeOf(gate)?.kind === "statement")
  );
}

async function absorb(scene: Scene, player: Player, rest: Rest): Promise<Footprint> {
  if (rest.kind === "idle") return await finishAct(scene, player, rest.answer ?? noRows);
  const touchedBefore = player.touched;
  const isFirstRest = player.hits.size === 0;
  let tookSnapshot = false;
  if (rest.kind === "held") {
    const { gate } = rest.at;
    const [last, now] = [player.lastGate, gate].map((each) => scene.lane.placeOf(each));
    tookSnapshot = last?.kind === "statement" && now?.kind === "trigger";
    player.hits.set(gate, (player.hits.get(gate) ?? 0) + 1);
    player.way = `${player.way} > ${gate}`;
    player.lastGate = gate;
  }
  await learn(scene, player, rest.kind === "held" ? "" : " waits");
  if (isFirstRest) {
    const touchesNothing = rest.kind === "held" && isSame(touchedBefore, player.touched);
    scene.lane.noteFirstRest(actOf(player)?.text ?? "", touchesNothing);
  }
  const footprint = footprintOf(player);
  return tookSnapshot ? lookedAt(footprint) : footprint;
}

/**
 * Of a step that changed nothing and locked no row, though its transaction may hold locks: a statement that has only
 * taken its snapshot, or a wait that ran out. Only the end of a transaction makes a difference to it.
 */
function lookedAt(footprint: Footprint): Footprint {
  return { ...footprint, reads: footprint.reads.union(footprint.writes), writes: nothing.writes };
}

async function finishAct(scene: Scene, player: Player, answer: Answer): Promise<Footprint> {
  const act = actOf(player);
  if (act === undefined) return nothing;
  const ended = scene.step;
  player.records.push({ act, answer, began: player.began ?? ended, ended });
  player.at += 1;
  player.sent = false;
  player.began = undefined;
  player.isTold = false;
  player.hits.clear();
  const staysOpen = player.inTransaction && act.kind === "call" && answer.kind === "rows";
  if (staysOpen) {
    await learn(scene, player, " answered");
    player.lastGate = undefined;
    return footprintOf(player);
  }
  const isKnown =
    act.kind !== "call" || (answer.kind === "rows" && scene.lane.isLastGate(player.lastGate));
  const footprint = isKnown
    ? { ...footprintOf(player), ends: footprintOf(player).writes }
    : anything;
  player.way = "";
  player.touched = untouched;
  player.lastGate = undefined;
  player.inTransaction = player.inTransaction && act.kind === "call";
  return footprint;
}

async function learn({ lane }: Scene, player: Player, suffix: string): Promise<void> {
  const way = `${player.script.isolation}${player.way}${suffix}`;
  player.touched = await lane.footprints.soFar(way, lane.pidOf(player.index));
}

/** Under SERIALIZABLE, who reads what another writes may be refused for it, in either order. */
function footprintOf({ script, touched }: Player): Footprint {
  if (script.isolation !== "serializable") return { ...nothing, ...touched };
  return { ...nothing, reads: touched.reads, writes: touched.writes.union(touched.reads) };
}

function isSame(one: Touched, other: Touched): boolean {
  return one.reads.size === other.reads.size && one.writes.size === other.writes.size;
}

function describeStep(player: Player, rest: Rest | undefined): string {
  if (rest?.kind === "waits") return "has waited for as long as it may";
  if (player.isTold) return "goes on";
  player.isTold = true;
  const acts = player.script.acts.slice(player.at, player.at + 2);
  return acts[0]?.kind === "begin"
    ? acts.map(({ text }) => text).join("; ")
    : (acts[0]?.text ?? "");
}

function describeRest({ lane }: Scene, rest: Rest): string {
  if (rest.kind === "waits") return "waits";
  if (rest.kind === "held") return `before: ${lane.quote(rest.at.gate)}`;
  return rest.answer === undefined ? "" : showAnswer(rest.answer);
}
