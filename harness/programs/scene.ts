import type { Rest } from "./puppet.ts";
import type { Fault, FaultKind } from "./fault.ts";
import type { Lane } from "./lane.ts";
import type { Player } from "./player.ts";
import type { Act } from "./program.ts";
import type { Answer } from "../postgres/session.ts";

/** One run of a program on a lane, and how far its sessions have come. */
export interface Scene {
  readonly lane: Lane;
  /** What is to go wrong, if anything. */
  readonly fault: Fault | undefined;
  readonly players: readonly Player[];
  /** What happened so far, in words. */
  readonly told: ToldStep[];
  /** The gates that sessions came to. */
  readonly met: Set<string>;
  /** How many steps were taken. */
  step: number;
}

/** One step as a witness tells it: somebody's own, or one that it took because of somebody else's. */
export interface ToldStep {
  readonly session: number;
  readonly does: string;
  readonly answer: string;
  /** What it sent for that, if anything: a call, or the beginning of a transaction with one. */
  readonly sends: readonly Act[];
  readonly comesTo: Stop;
  /** What befell it, if the step is that. */
  readonly fault?: FaultKind;
}

/** Where a step has led. */
export type Stop =
  | {
      readonly kind: "held";
      readonly gate: string;
      /** Counts the gates that the session has met in this run, from 1. */
      readonly hit: number;
    }
  | { readonly kind: "waits" }
  | { readonly kind: "answered"; readonly answer: Answer };

export function restOf({ lane }: Scene, player: Player): Rest {
  const rest = lane.controller.rests()[player.index];
  if (rest === undefined) throw new Error(`the lane has no session ${player.index}`);
  return rest;
}
