import type { Stride } from "../schedule/execution.ts";
import { type Footprint, nothing, together } from "../schedule/footprint.ts";
import { describeFault, type Fault } from "./fault.ts";
import { actOf, type Player, wayOf } from "./player.ts";
import type { Rest } from "./puppet.ts";
import { restOf, type Scene } from "./scene.ts";
import { faultAt, strike } from "./strike.ts";
import { noRows, takeIn, takeInPassed, tell } from "./take-in.ts";

/**
 * Lets one session go on, and takes in what others do because of it. Calls back after each step but the last with what it
 * touched.
 */
export async function go(
  scene: Scene,
  player: Player,
  stride: Stride,
  stepped: (footprint: Footprint | undefined) => void,
): Promise<Footprint> {
  scene.step += 1;
  const rest = restOf(scene, player);
  const fault = faultAt(scene, player);
  let does = fault === undefined ? describeStep(player, rest) : describeFault(fault.kind);
  let snapshot = { ...nothing, keepsSnapshot: !player.sent && takesLastingSnapshot(player) };
  const ranOut = player.sent && rest.kind === "waits";
  player.began ??= scene.step;
  let isSame = await move(scene, player, stride, fault);
  for (const { at, footprint } of takeInPassed(scene, player)) {
    if (isSame) {
      isSame = false;
      continue;
    }
    player.seen = { kind: "held", at };
    tell(scene, player, { does, rest: player.seen });
    stepped(footprint === undefined ? undefined : together(snapshot, footprint));
    scene.step += 1;
    does = "goes on";
    snapshot = nothing;
  }
  return together(snapshot, await takeIn(scene, { player, does, ranOut, fault: fault?.kind }));
}

/** Sends the call that comes next, if that comes to a gate before it touches anything, and lets it be held there. */
export async function sendEarly(scene: Scene, player: Player): Promise<void> {
  const act = actOf(player);
  const first = act?.kind === "begin" ? player.script.acts[player.at + 1] : act;
  if (player.sent || first?.kind !== "call" || takesLastingSnapshot(player)) return;
  if (!scene.lane.firstStops.isAtGate(first.text)) return;
  player.began = scene.step;
  const does = `begins ${describeStep(player, restOf(scene, player))}`;
  await send(scene, player, () => scene.lane.controller.hits(player.index) + 1);
  await takeIn(scene, { player, does });
}

/** Whether the first gate that it passes is within the same step. */
async function move(
  scene: Scene,
  player: Player,
  stride: Stride,
  fault: Fault | undefined,
): Promise<boolean> {
  const { controller } = scene.lane;
  if (!player.sent) return await begin(scene, player, stride);
  if (fault !== undefined) await strike(scene, player, fault);
  else if (restOf(scene, player).kind === "held")
    await controller.letGo(player.index, stopOf(scene, player, stride));
  else await controller.waitOut([player.index]);
  return false;
}

/** Sends what comes next, and lets it go on from a gate that it comes to before it touches anything. */
async function begin(scene: Scene, player: Player, stride: Stride): Promise<boolean> {
  const { controller, firstStops } = scene.lane;
  const { index } = player;
  if (!firstStops.isLearning()) {
    await send(scene, player, () => stopOf(scene, player, stride));
    return firstStops.isAtGate(actOf(player)?.text ?? "");
  }
  await send(scene, player, () => controller.hits(index) + 1);
  const isFirst = firstStops.isAtGate(actOf(player)?.text ?? "");
  if (restOf(scene, player).kind !== "held" || !isFirst) return false;
  await takeIn(scene, { player, does: undefined });
  await controller.letGo(index, stopOf(scene, player, stride));
  return false;
}

/** `begin` goes with what comes after it: by itself it does nothing. */
async function send(scene: Scene, player: Player, stop: () => number | undefined): Promise<void> {
  const { controller } = scene.lane;
  const opening = actOf(player)?.kind === "begin" ? actOf(player) : undefined;
  if (opening !== undefined) {
    player.records.push({ act: opening, answer: noRows, began: scene.step, ended: scene.step });
    player.sending.push(opening);
    player.at += 1;
    player.inTransaction = true;
  }
  const act = actOf(player);
  if (act === undefined) throw new Error(`${player.script.name} has nothing left to do`);
  player.way = `${player.way}; ${act.text}`;
  player.sent = true;
  player.sending.push(act);
  const hit = stop();
  if (opening !== undefined) await controller.send(player.index, opening.query, hit);
  await controller.send(player.index, act.query, hit);
}

/** The hit of the gate at which a session that goes on now is held; nothing if it is to pass all. */
function stopOf(
  { lane, fault, players }: Scene,
  player: Player,
  stride: Stride,
): number | undefined {
  const { controller, firstStops, footprints } = lane;
  const passesFirst = player.hits.size === 0 && firstStops.isAtGate(actOf(player)?.text ?? "");
  const next = controller.hits(player.index) + (passesFirst ? 2 : 1);
  if (stride === "one" || fault !== undefined) return next;
  // Whoever waits might be let go by any step, unless it is known which.
  const someWait = players.some(({ sent, seen }) => sent && seen?.kind === "waits");
  if (stride === "far") return !someWait && footprints.foresees(wayOf(player)) ? undefined : next;
  const { at } = stride.until ?? {};
  if (at !== undefined) return player.hitsBefore + at;
  return someWait ? next : undefined;
}

/** Where a snapshot is kept for a whole transaction, it matters when its first statement is sent. */
function takesLastingSnapshot({ script, inTransaction }: Player): boolean {
  return script.isolation !== "read committed" && !inTransaction;
}

function describeStep(player: Player, rest: Rest): string {
  if (player.sent && rest.kind === "waits") return "has waited for as long as it may";
  if (player.sent) return "goes on";
  const acts = player.script.acts.slice(player.at, player.at + 2);
  return acts[0]?.kind === "begin"
    ? acts.map(({ gist }) => gist).join("; ")
    : (acts[0]?.gist ?? "");
}
