import { z } from "zod";
import { sql } from "../postgres/query.ts";
import type { Session } from "../postgres/session.ts";
import type { AroundStep, Step } from "./step.ts";

/** A step of a move as it was watched: how long it took, and what it locked of what was there before. */
export interface TracedStep extends Pick<Step, "kind" | "text" | "line"> {
  readonly ms: number;
  /** Locks that the step was the first to take; in a transaction they are held to its end. */
  readonly locks: readonly TracedLock[];
}

export interface TracedLock {
  /** `schema.table`, quoted as SQL would. */
  readonly relation: string;
  /** As `pg_locks` calls it, such as `AccessExclusiveLock`. */
  readonly mode: string;
}

export interface MoveTracer {
  readonly around: AroundStep;
  /** What was seen so far, in order. */
  steps(): readonly TracedStep[];
}

/**
 * Watches a move of another session through `observer`, which must be in no transaction. Names are read beforehand, since
 * what is dropped has none afterwards, and locks from outside, since nobody else would see those on what was dropped.
 * Indexes are left out: they are locked with their tables.
 */
export async function traceMove(observer: Session, mover: Session): Promise<MoveTracer> {
  const before = new Map(
    (await observer.all(relationsThere)).map(({ oid, relation }) => [oid, relation]),
  );
  const seen = new Set<string>();
  const traced: TracedStep[] = [];
  const newLocks = async (): Promise<TracedLock[]> => {
    const held = await observer.all(locksOf(mover.pid));
    return held.flatMap(({ oid, mode }) => {
      const relation = before.get(oid);
      const key = `${oid} ${mode}`;
      if (relation === undefined || seen.has(key)) return [];
      seen.add(key);
      return [{ relation, mode }];
    });
  };
  return {
    steps: () => traced,
    async around({ kind, text, line }, send) {
      const since = performance.now();
      await send();
      const ms = performance.now() - since;
      traced.push({ kind, text, line, ms, locks: await newLocks() });
    },
  };
}

const relationsThere = sql.type(z.object({ oid: z.number(), relation: z.string() }))`
  select c.oid::int8 as oid, format('%I.%I', n.nspname, c.relname) as relation
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = any ('{r,p,v,m,S,f}') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

const locksOf = (pid: number) => sql.type(z.object({ oid: z.number(), mode: z.string() }))`
  select relation::int8 as oid, mode from pg_locks
  where pid = ${pid} and granted and locktype = 'relation'
    and database = (select oid from pg_database where datname = current_database())
  order by relation, mode`;
