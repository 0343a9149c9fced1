import type { Arrival } from "../gates/arrival.ts";
import { type Footprint, nothing } from "../schedule/footprint.ts";
import type { Touched } from "./footprints.ts";
import { actOf, type Player, wayOf } from "./player.ts";
import type { Scene } from "./scene.ts";

/** Notes a gate at which a session is held; what it touched on the way there. */
export async function arrive(scene: Scene, player: Player, { gate }: Arrival): Promise<Footprint> {
  const isFirst = player.hits.size === 0;
  const before = player.touched;
  const tookSnapshot = goTo(scene, player, gate);
  await look(scene, player);
  if (isFirst)
    scene.lane.firstStops.note(actOf(player)?.text ?? "", isSame(before, player.touched));
  return footprintAt(player, tookSnapshot);
}

/** The same of a gate that a session has passed: nothing if nobody has ever looked there. */
export function passBy(scene: Scene, player: Player, { gate }: Arrival): Footprint | undefined {
  const tookSnapshot = goTo(scene, player, gate);
  const touched = scene.lane.footprints.known(wayOf(player));
  if (touched === undefined) return undefined;
  keep(player, touched);
  return footprintAt(player, tookSnapshot);
}

/** Notes that a session waits; what it touched on the way there. */
export async function comeToWait(scene: Scene, player: Player): Promise<Footprint> {
  await look(scene, player, " waits");
  if (player.hits.size === 0) scene.lane.firstStops.note(actOf(player)?.text ?? "", false);
  return footprintOf(player);
}

/** Notes that the act on its way is answered. */
export function endWay({ lane }: Scene, player: Player): void {
  lane.footprints.note(wayOf(player), undefined);
}

/** Sees what a session at rest has touched, where that is not known yet. */
export async function look({ lane }: Scene, player: Player, suffix = ""): Promise<void> {
  const pid = lane.crew.pidOf(player.index);
  keep(player, await lane.footprints.soFar(`${wayOf(player)}${suffix}`, pid));
}

function keep(player: Player, touched: Touched): void {
  player.touched = touched;
  player.everTouched.add(touched);
}

/** Whether all that was done since the last gate is to begin a statement, which has taken its snapshot. */
function goTo({ lane }: Scene, player: Player, gate: string): boolean {
  const last = lane.placeOf(player.lastGate);
  const before = wayOf(player);
  player.hits.set(gate, (player.hits.get(gate) ?? 0) + 1);
  player.way = `${player.way} > ${gate}`;
  player.lastGate = gate;
  lane.footprints.note(before, wayOf(player));
  return last?.kind === "statement" && lane.placeOf(gate)?.kind === "trigger";
}

function footprintAt(player: Player, tookSnapshot: boolean): Footprint {
  const footprint = footprintOf(player);
  return tookSnapshot ? lookedAt(footprint) : footprint;
}

/**
 * Of a step that changed nothing and locked no row, though its transaction may hold locks: a statement that has only
 * taken its snapshot, or a wait that ran out. Only the end of a transaction makes a difference to it.
 */
export function lookedAt(footprint: Footprint): Footprint {
  return { ...footprint, reads: footprint.reads.union(footprint.writes), writes: nothing.writes };
}

/** Under SERIALIZABLE, who reads what another writes may be refused for it, in either order. */
export function footprintOf({ script, touched }: Player): Footprint {
  if (script.isolation !== "serializable") return { ...nothing, ...touched };
  return { ...nothing, ...touched, writes: touched.writes.union(touched.reads) };
}

function isSame(one: Touched, other: Touched): boolean {
  return one.reads.size === other.reads.size && one.writes.size === other.writes.size;
}
