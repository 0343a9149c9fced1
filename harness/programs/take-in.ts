import type { Arrival } from "../gates/arrival.ts";
import type { Answer } from "../postgres/session.ts";
import { anything, type Footprint, nothing, together } from "../schedule/footprint.ts";
import type { FaultKind } from "./fault.ts";
import type { Rest } from "./puppet.ts";
import { untouched } from "./footprints.ts";
import { actOf, type Player } from "./player.ts";
import { showAnswer } from "../explore/recorder.ts";
import type { Lane } from "./lane.ts";
import { restOf, type Scene, type Stop } from "./scene.ts";
import { arrive, comeToWait, endWay, footprintOf, look, lookedAt, passBy } from "./ways.ts";

/** Who takes the step, and what is said of it; nothing is said of what nobody can notice. */
export interface Mover {
  readonly player: Player;
  readonly does: string | undefined;
  /** Whether the step is that something befell it. */
  readonly fault?: FaultKind | undefined;
  /** Whether the step is that a bounded wait ran out. */
  readonly ranOut?: boolean;
}

/**
 * Takes in the gates that a session has passed, and says of each what led there; nothing of it is known if nobody has
 * ever looked there.
 */
export function* takeInPassed(
  scene: Scene,
  player: Player,
): Generator<{ readonly at: Arrival; readonly footprint: Footprint | undefined }> {
  for (const at of scene.lane.controller.passed(player.index))
    if (!isEcho(scene, player, at)) yield { at, footprint: passBy(scene, player, at) };
}

/** Takes in what has changed since it was last looked at, and tells what the step touched. */
export async function takeIn(scene: Scene, mover?: Mover): Promise<Footprint> {
  let all = nothing;
  let freed = false;
  for (const player of scene.players) {
    if (!player.sent || restOf(scene, player) === player.seen) continue;
    for (const { footprint } of takeInPassed(scene, player))
      all = together(all, footprint ?? anything);
    await passEchoes(scene, player);
    const rest = restOf(scene, player);
    player.seen = rest;
    const isMover = player === mover?.player;
    const does = isMover ? mover.does : "goes on";
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

async function passEchoes(scene: Scene, player: Player): Promise<void> {
  const { controller } = scene.lane;
  for (;;) {
    const rest = restOf(scene, player);
    if (rest.kind !== "held" || !isEcho(scene, player, rest.at)) return;
    await controller.letGo(player.index, controller.hits(player.index) + 1);
  }
}

/** An upsert fires the triggers of an insert and those of an update one after the other: the second gate shows nothing new. */
function isEcho({ lane, met }: Scene, { lastGate, hits }: Player, { gate }: Arrival): boolean {
  met.add(gate);
  const [last, now] = [lastGate, gate].map((each) => lane.placeOf(each));
  return (
    last?.kind === "trigger" &&
    now?.kind === "trigger" &&
    last.table === now.table &&
    last.event === "insert" &&
    now.event === "update" &&
    [...hits.keys()].some((each) => lane.placeOf(each)?.kind === "statement")
  );
}

async function footprintOfRest(scene: Scene, player: Player, rest: Rest): Promise<Footprint> {
  if (rest.kind === "held") return await arrive(scene, player, rest.at);
  if (rest.kind === "waits") return await comeToWait(scene, player);
  return await finishAct(scene, player, rest.answer ?? noRows);
}

export const noRows: Answer = { kind: "rows", rows: [] };

async function finishAct(scene: Scene, player: Player, answer: Answer): Promise<Footprint> {
  const act = actOf(player);
  if (act === undefined) return nothing;
  const { lastGate, fate } = player;
  endWay(scene, player);
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
    await look(scene, player, " answered");
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

/** Tells a step and where it has led. */
export function tell(
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

function stopOf({ hitsBefore }: Player, rest: Rest): Stop {
  if (rest.kind === "waits") return { kind: "waits" };
  if (rest.kind === "held")
    return { kind: "held", gate: rest.at.gate, hit: rest.at.hit - hitsBefore };
  return { kind: "answered", answer: rest.answer ?? noRows };
}
