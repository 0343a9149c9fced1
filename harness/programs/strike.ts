import type { Fault } from "./fault.ts";
import type { Player } from "./player.ts";
import { restOf, type Scene } from "./scene.ts";

/** The fault that befalls a session where it is now, if one does. */
export function faultAt(scene: Scene, player: Player): Fault | undefined {
  const { fault, lane } = scene;
  if (fault?.session !== player.index || player.records.length > 0) return undefined;
  const rest = restOf(scene, player);
  if (!player.sent || rest.kind !== "held") return undefined;
  const met = [...player.hits.values()].reduce((sum, times) => sum + times, 0);
  const isThere = fault.gate === "last" ? lane.isLastGate(rest.at.gate) : met === fault.gate;
  return isThere ? fault : undefined;
}

/** Strikes a session that is held; it is idle then, in another connection if its own is lost, and its call's fate is known. */
export async function strike(
  { lane, ...scene }: Scene,
  player: Player,
  { kind }: Fault,
): Promise<void> {
  const rest = restOf({ lane, ...scene }, player);
  if (rest.kind !== "held") throw new Error("only a session that is held is struck");
  await lane.crew.strike(player.index, kind);
  player.fate = await lane.fateOf(rest.at.xid);
}
