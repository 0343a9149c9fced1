import { z } from "zod";
import { sql } from "../postgres/query.ts";
import type { Session } from "../postgres/session.ts";
import { type Footprint, nothing } from "../schedule/footprint.ts";
import { gateLockClass } from "../gates/gate-locks.ts";

/** What transactions have touched so far, by the way that they went: read from the server once and known from then on. */
export interface Footprints {
  /** Of an open transaction, its session at rest; `way` names the statements and gates that it came by. */
  soFar(way: string, pid: number): Promise<Touched>;
  /** The same of a place that was passed; nothing if nobody has ever looked there. */
  known(way: string): Touched | undefined;
  /** Remembers what came after a way: a longer one, or, if that is nothing, the answer. */
  note(way: string, next: string | undefined): void;
  /** Whether all that ever came after a way is known, up to the answer. */
  foresees(way: string): boolean;
}

/** Relations and advisory locks by name. */
export type Touched = Pick<Footprint, "reads" | "writes" | "isUnknown">;

export const untouched: Touched = {
  reads: nothing.reads,
  writes: nothing.writes,
  isUnknown: false,
};

export function learnFootprints(hand: Session): Footprints {
  const known = new Map<string, Touched>();
  const after = new Map<string, Set<string | undefined>>();
  const foresees = (way: string): boolean => {
    const next = after.get(way);
    return (
      next !== undefined &&
      [...next].every((each) => each === undefined || (known.has(each) && foresees(each)))
    );
  };
  return {
    known: (way) => known.get(way),
    foresees,
    note(way, next) {
      after.set(way, (after.get(way) ?? new Set()).add(next));
    },
    async soFar(way, pid) {
      const found = known.get(way);
      if (found !== undefined) return found;
      const touched = await readLocks(hand, pid);
      known.set(way, touched);
      return touched;
    },
  };
}

const lock = z.object({ name: z.string(), reads: z.boolean(), isStrong: z.boolean() });

/**
 * The locks that a session holds or waits for on tables, views, sequences and on numbers; those of indexes say nothing
 * that the table's do not. A lock that keeps others out of a whole table goes beyond reads and writes: then nothing is
 * known to be independent.
 */
async function readLocks(hand: Session, pid: number): Promise<Touched> {
  const locks = await hand.all(sql.type(lock)`
    select coalesce(c.oid::regclass::text, format('advisory %s %s', l.classid, l.objid)) as name,
      l.mode = 'AccessShareLock' as reads,
      l.locktype = 'relation' and l.mode not in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock') as "isStrong"
    from pg_locks l
    left join pg_class c on l.locktype = 'relation' and c.oid = l.relation
    left join pg_namespace n on n.oid = c.relnamespace
    where l.pid = ${pid} and l.database = (select oid from pg_database where datname = current_database())
      and (c.relkind in ('r', 'p', 'S', 'm', 'v', 'f')
             and n.nspname not in ('pg_catalog', 'pg_toast', 'information_schema')
             and not starts_with(n.nspname, 'rehearsal_')
           or l.locktype = 'advisory' and l.classid <> ${gateLockClass})`);
  return {
    reads: new Set(locks.filter(({ reads }) => reads).map(({ name }) => name)),
    writes: new Set(locks.filter(({ reads }) => !reads).map(({ name }) => name)),
    isUnknown: locks.some(({ isStrong }) => isStrong),
  };
}
