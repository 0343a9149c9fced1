import type { Session } from "../postgres/session.ts";

/** The advisory locks that gates wait for: a session is held at the gate of a hit while somebody has the lock of that. */
export interface GateLocks {
  /**
   * From now on a session is held at the gate of this hit, and at no other; at none if there is no hit. So it goes on
   * from where it is held now.
   */
  holdAt(slot: number, hit: number | undefined): Promise<void>;
  /** From now on nobody is held at any gate. */
  openAll(): Promise<void>;
}

/** The first of the two numbers of the locks, by which they are told from everybody else's: "rehe" in ASCII. */
export const gateLockClass = 0x72656865;

/** The second of the two numbers, as SQL: a lock for each hit of each slot. */
export function gateKey(slot: number | string, hit: number | string): string {
  return `${slot} * ${hitsPerSlot} + ${hit}`;
}

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
      if (before === hit) return;
      if (hit === undefined) held.delete(slot);
      else held.set(slot, hit);
      // The next gate is closed before this one is opened.
      const calls = [
        ...(hit === undefined ? [] : [`pg_advisory_lock(${argumentsOf(slot, hit)})`]),
        ...(before === undefined ? [] : [`pg_advisory_unlock(${argumentsOf(slot, before)})`]),
      ];
      await hand.run(`select ${calls.join(", ")}`);
    },
  };
}

function argumentsOf(slot: number, hit: number): string {
  return `${gateLockClass}, ${gateKey(slot, hit)}`;
}
