import type { Answer } from "../postgres/session.ts";
import { anything, type Footprint, nothing, together } from "../schedule/footprint.ts";
import type { FaultKind } from "./fault.ts";
import type { Rest } from "./puppet.ts";
import { type Touched, untouched } from "./footprints.ts";
import { actOf, type Player } from "./player.ts";
import { showAnswer } from "../explore/recorder.ts";
import type { Lane } from "./lane.ts";
import { restOf, type Scene, type Stop } from "./scene.ts";

/** Who takes the step, and what is said of it; nothing is said of what nobody can notice. */
export interface Mover {
  readonly player: Player;
  readonly does: string | undefined;
  /** Whether the step is that something befell it. */
  readonly fault?: FaultKind | undefined;
  /** Whether the step is that a bounded wait ran out. */
  readonly ranOut?: boolean;
}

/** Takes in what has changed since it was last looked at, and tells what the step touched. */
export async function takeIn(scene: Scene, mover?: Mover): Promise<Footprint> {
  let all = nothing;
  let freed = false;
  for (const player of scene.players) {
    if (!player.sent || restOf(scene, player) === player.seen) continue;
    while (isEcho(scene, player)) await scene.lane.controller.letGo(player.index);
    const rest = restOf(scene, player);
    player.seen = rest;
    const isMover = player === mover?.player;
    const does = isMover ? mover.does : "goes on";
    if (rest.kind === "held") player.hitsBefore ??= rest.at.hit - 1;
    const fault = isMover ? mover.fault : undefined;
    if (does !== undefined)
      tell(scene, player, { does, rest, ...(fault === undefined ? {} : { fault }) });
    const footprint = await footprintOfRest(scene, player, rest);
    all = together(all, isMover && mover.ranOut === true ? lookedAt(footprint) : footprint);
    freed ||= !isMover;
  }
  // Whoever frees another ends something, if only a part of its transaction.
  return freed ? { ...all, ends: all.ends.union(all.writes) } : all;
}

/** An upsert fires the triggers of an insert and those of an update one after the other: the second gate shows nothing new. */
function isEcho(scene: Scene, player: Player): boolean {
  const rest = restOf(scene, player);
  if (rest.kind !== "held") return false;
  scene.met.add(rest.at.gate);
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

async function footprintOfRest(scene: Scene, player: Player, rest: Rest): Promise<Footprint> {
  if (rest.kind === "idle") return await finishAct(scene, player, rest.answer ?? noRows);
  const touchedBefore = player.touched;
  const isFirstStop = player.hits.size === 0;
  const tookSnapshot = rest.kind === "held" && arriveAt(scene, player, rest.at.gate);
  await learn(scene, player, rest.kind === "held" ? "" : " waits");
  if (isFirstStop) {
    const touchesNothing = rest.kind === "held" && isSame(touchedBefore, player.touched);
    scene.lane.firstStops.note(actOf(player)?.text ?? "", touchesNothing);
  }
  const footprint = footprintOf(player);
  return tookSnapshot ? lookedAt(footprint) : footprint;
}

export const noRows: Answer = { kind: "rows", rows: [] };

/** Notes a gate; whether all that was done since the last one is to begin a statement, which has taken its snapshot. */
function arriveAt({ lane }: Scene, player: Player, gate: string): boolean {
  const last = lane.placeOf(player.lastGate);
  player.hits.set(gate, (player.hits.get(gate) ?? 0) + 1);
  player.way = `${player.way} > ${gate}`;
  player.lastGate = gate;
  return last?.kind === "statement" && lane.placeOf(gate)?.kind === "trigger";
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
  const { lastGate, fate } = player;
  const ended = scene.step;
  const record = { act, answer, began: player.began ?? ended, ended };
  player.records.push(fate === undefined ? record : { ...record, fate });
  player.fate = undefined;
  player.at += 1;
  player.sent = false;
  player.began = undefined;
  player.hits.clear();
  player.lastGate = undefined;
  if (player.inTransaction && act.kind === "call" && answer.kind === "rows") {
    await learn(scene, player, " answered");
    return footprintOf(player);
  }
  const isKnown =
    act.kind === "call"
      ? answer.kind === "rows" && scene.lane.isLastGate(lastGate)
      : !scene.lane.defers;
  const footprint = footprintOf(player);
  player.way = "";
  player.touched = untouched;
  player.inTransaction = player.inTransaction && act.kind === "call";
  return isKnown ? { ...footprint, ends: footprint.writes } : anything;
}

async function learn({ lane }: Scene, player: Player, suffix: string): Promise<void> {
  const way = `${player.script.isolation}${player.way}${suffix}`;
  player.touched = await lane.footprints.soFar(way, lane.crew.pidOf(player.index));
}

/** Under SERIALIZABLE, who reads what another writes may be refused for it, in either order. */
function footprintOf({ script, touched }: Player): Footprint {
  if (script.isolation !== "serializable") return { ...nothing, ...touched };
  return { ...nothing, ...touched, writes: touched.writes.union(touched.reads) };
}

function isSame(one: Touched, other: Touched): boolean {
  return one.reads.size === other.reads.size && one.writes.size === other.writes.size;
}

function tell(
  { lane, told }: Scene,
  player: Player,
  { rest, ...step }: { does: string; rest: Rest; fault?: FaultKind },
): void {
  const sends = player.sending;
  player.sending = [];
  told.push({
    session: player.index,
    ...step,
    answer: describeRest(lane, player, rest),
    sends,
    comesTo: stopOf(player, rest),
  });
}

function describeRest(lane: Lane, player: Player, rest: Rest): string {
  if (rest.kind === "waits") return "waits";
  if (rest.kind === "held") return `before ${lane.quote(rest.at.gate)}`;
  const { answer = noRows } = rest;
  const isDone = answer.kind === "rows" && actOf(player)?.kind !== "call";
  return isDone ? "" : showAnswer(answer);
}

function stopOf({ hitsBefore = 0 }: Player, rest: Rest): Stop {
  if (rest.kind === "waits") return { kind: "waits" };
  if (rest.kind === "held")
    return { kind: "held", gate: rest.at.gate, hit: rest.at.hit - hitsBefore };
  return { kind: "answered", answer: rest.answer ?? noRows };
}
