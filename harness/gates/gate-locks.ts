import { z } from "zod";
import type { Session } from "../postgres/session.ts";

/** The advisory locks that gates wait for: a session is held at the gate of a hit while somebody has the lock of that. */
export interface GateLocks {
  /**
   * From now on a session is held at the gate of this hit, and at no other; at none if there is no hit. So it goes on
   * from where it is held now. Answers how many gates it had met once that was so, where that had to be asked.
   */
  holdAt(slot: number, hit: number | undefined): Promise<number | undefined>;
  /** From now on nobody is held at any gate. */
  openAll(): Promise<void>;
}

/** The first of the two numbers of the locks, by which they are told from everybody else's: "rehe" in ASCII. */
export const gateLockClass = 0x72656865;

/** The second of the two numbers, as SQL: a lock for each hit of each slot. */
export function gateKey(slot: number | string, hit: number | string): string {
  return `${slot} * ${hitsPerSlot} + ${hit}`;
}

/** How many gates the session of a slot has met so far, as SQL: it is counted before anybody is told. */
export function gateHits(slot: number): string {
  return `(select last_value - (not is_called)::integer from ${hitSequence(slot)})`;
}

/** Where the gates that a slot meets are counted. */
export function hitSequence(slot: number): string {
  return `${gateSchema}.hit_${slot}`;
}

/** The schema of everything that gates need in a gated database. */
export const gateSchema = "rehearsal_gates";

/** More than a session ever meets, and few enough for the keys of all slots. */
const hitsPerSlot = 0x10000000;

/** `hand` has the locks, so it must be used for nothing that may wait. At first nobody is held. */
export function createGateLocks(hand: Session): GateLocks {
  const held = new Map<number, number>();
  return {
    async openAll() {
      if (held.size === 0) return;
      held.clear();
      await hand.run("select pg_advisory_unlock_all()");
    },
    async holdAt(slot, hit) {
      const before = held.get(slot);
      if (before === hit) return undefined;
      if (hit === undefined) held.delete(slot);
      else held.set(slot, hit);
      // The next gate is closed before this one is opened.
      const calls = [
        ...(hit === undefined ? [] : [`pg_advisory_lock(${argumentsOf(slot, hit)})`]),
        ...(before === undefined ? [] : [`pg_advisory_unlock(${argumentsOf(slot, before)})`]),
      ];
      const { rows } = await hand.run(
        `select ${[...calls, `${gateHits(slot)} as hits`].join(", ")}`,
      );
      return met.parse(rows[0]).hits;
    },
  };
}

const met = z.object({ hits: z.number() });

function argumentsOf(slot: number, hit: number): string {
  return `${gateLockClass}, ${gateKey(slot, hit)}`;
}
