import type { Session } from "../postgres/session.ts";

/** The advisory locks that gates wait for: a session at a gate goes on when nobody holds the lock of its hit. */
export interface GateLocks {
  /** Makes sure that a session will be held at its next gate, the one of this hit. */
  hold(slot: number, hit: number): Promise<void>;
  /** Lets a session go on from the gate of this hit, and holds the one after it. */
  letGo(slot: number, hit: number): Promise<void>;
  /** From now on nobody is held at any gate. */
  openAll(): Promise<void>;
  closeAll(): Promise<void>;
}

/** The first of the two numbers of the locks, by which they are told from everybody else's: "rehe" in ASCII. */
export const gateLockClass = 0x72656865;

/**
 * Two locks a session, used by turns: while it is let go from one gate, the next one is held already. `hand` holds them
 * all, so it must be used for nothing that may wait.
 */
export async function holdGateLocks(hand: Session, slots: number): Promise<GateLocks> {
  const held = new Set<number>();
  const all = Array.from({ length: slots * 2 }, (_, index) => index + 2);
  const closeAll = async (): Promise<void> => {
    const open = all.filter((key) => !held.has(key));
    for (const key of open) held.add(key);
    if (open.length > 0) await hand.run(`select ${open.map(lock).join(", ")}`);
  };
  await closeAll();
  return {
    closeAll,
    async openAll() {
      held.clear();
      await hand.run("select pg_advisory_unlock_all()");
    },
    async hold(slot, hit) {
      const key = keyOf(slot, hit);
      if (held.has(key)) return;
      held.add(key);
      await hand.run(`select ${lock(key)}`);
    },
    async letGo(slot, hit) {
      const [now, next] = [keyOf(slot, hit), keyOf(slot, hit + 1)];
      const calls = [
        ...(held.has(next) ? [] : [lock(next)]),
        `pg_advisory_unlock(${gateLockClass}, ${now})`,
      ];
      held.delete(now);
      held.add(next);
      await hand.run(`select ${calls.join(", ")}`);
    },
  };
}

function lock(key: number): string {
  return `pg_advisory_lock(${gateLockClass}, ${key})`;
}

/** As the gate function in install-gates.ts counts. */
function keyOf(slot: number, hit: number): number {
  return slot * 2 + (hit % 2);
}
