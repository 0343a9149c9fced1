import type { Rest } from "./controller.ts";
import type { Lane } from "./lane.ts";
import type { Player } from "./player.ts";

/** One run of a program on a lane, and how far its sessions have come. */
export interface Scene {
  readonly lane: Lane;
  readonly players: readonly Player[];
  /** What happened so far, in words. */
  readonly told: ToldStep[];
  /** How many steps were taken. */
  step: number;
}

export interface ToldStep {
  readonly session: number;
  readonly does: string;
  readonly comesTo: string;
}

export function restOf({ lane }: Scene, player: Player): Rest {
  const rest = lane.controller.rests()[player.index];
  if (rest === undefined) throw new Error(`the lane has no session ${player.index}`);
  return rest;
}
