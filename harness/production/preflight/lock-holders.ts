import { z } from "zod";
import { sql } from "../../postgres/query.ts";
import type { TracedLock, TracedStep } from "../../migrations/trace-move.ts";
import type { Looker } from "../look.ts";
import { conflicts } from "./lock-modes.ts";
import { type Finding, go, noGo, noted, unknown } from "../finding.ts";
import type { PreflightCheck } from "./preflight-check.ts";

/** Nobody holds for long what up must lock, and nobody waits for it. */
export const lockHolders: PreflightCheck = {
  name: "lock holders",
  look: (looker, { rehearsed, limits }) => findHolders(looker, rehearsed.up, limits.lockSeconds),
};

/** Whoever stands in the way of locks that a move takes, as `pg_locks` has it; the own session is not asked about. */
export async function findHolders(
  looker: Looker,
  steps: readonly TracedStep[],
  longest: number,
): Promise<Finding> {
  const wanted = locksIn(steps);
  if (wanted.length === 0) return go("the revision locks nothing that was there before");
  const relations = [...new Set(wanted.map(({ relation }) => relation))];
  const held = await looker.any(locksOn(relations));
  const inTheWay = held.filter(
    ({ relation, mode, granted }) =>
      !granted || wanted.some((lock) => lock.relation === relation && conflicts(lock.mode, mode)),
  );
  const old = inTheWay.filter(({ seconds, granted }) => !granted || (seconds ?? 0) > longest);
  const hidden = inTheWay.filter(({ seconds }) => seconds === null);
  const what = few(relations);
  if (old.length > 0)
    return noGo(`in the way of the locks on ${what}: end or wait for these`, old.map(describe));
  if (hidden.length > 0)
    return unknown(
      `since when these hold what is in the way on ${what} is hidden from this role: grant it pg_monitor`,
      hidden.map(describe),
    );
  return held.length === 0
    ? go(`nobody holds or waits for a lock on ${what}`)
    : go(`nobody holds a lock on ${what} for longer than ${longest} s that would be waited for`);
}

/** Tables that the move locks, with how large they are. */
export const tableSizes: PreflightCheck = {
  name: "table sizes",
  async look(looker, { rehearsed }) {
    const relations = [...new Set(locksIn(rehearsed.up).map(({ relation }) => relation))];
    if (relations.length === 0) return noted("the revision locks no table that was there before");
    const sizes = await looker.any(sizesOf(relations));
    return noted(
      `the revision locks ${relations.length === 1 ? "one table" : `${relations.length} tables`} that ${relations.length === 1 ? "is" : "are"} there`,
      sizes.map(({ relation, size, rows }) => `${relation}: ${size}, about ${rows} rows`),
    );
  },
};

function few([first = "", second, ...others]: readonly string[]): string {
  if (second === undefined) return first;
  return others.length === 0 ? `${first} and ${second}` : `${first} and ${others.length + 1} more`;
}

function locksIn(steps: readonly TracedStep[]): readonly TracedLock[] {
  return steps.flatMap(({ locks }) => locks);
}

interface Held extends z.infer<typeof heldLock> {}

function describe({ relation, mode, granted, who, role, seconds, state }: Held): string {
  const since = seconds === null ? "for a time that is hidden" : `for ${Math.round(seconds)} s`;
  return `${who} (${role ?? "role hidden"}, ${state ?? "state hidden"}) ${granted ? "holds" : "waits for"} ${mode} on ${relation} ${since}`;
}

const heldLock = z.object({
  relation: z.string(),
  mode: z.string(),
  granted: z.boolean(),
  who: z.string(),
  role: z.string().nullable(),
  state: z.string().nullable(),
  seconds: z.number().nullable(),
});

/** Prepared transactions hold locks and have no process. */
const locksOn = (relations: readonly string[]) => sql.type(heldLock)`
  select wanted.relation, l.mode, l.granted,
    case when l.pid is null then 'prepared transaction ' || coalesce(p.gid, '?')
      else format('process %s "%s"', l.pid, coalesce(a.application_name, '')) end as who,
    coalesce(a.usename, p.owner)::text as role,
    case when l.pid is null then 'prepared' else a.state end as state,
    extract(epoch from clock_timestamp() - coalesce(a.xact_start, p.prepared))::float8 as seconds
  from unnest(${sql.array([...relations], "text")}) as wanted (relation)
  join pg_locks l on l.locktype = 'relation' and l.relation = to_regclass(wanted.relation)
    and l.database = (select oid from pg_database where datname = current_database())
  left join pg_stat_activity a on a.pid = l.pid
  left join pg_locks x on l.pid is null and x.virtualtransaction = l.virtualtransaction and x.locktype = 'transactionid'
  left join pg_prepared_xacts p on p.transaction = x.transactionid
  where l.pid is distinct from pg_backend_pid()
  order by wanted.relation, l.granted, seconds desc nulls last`;

const sizesOf = (relations: readonly string[]) => sql.type(
  z.object({ relation: z.string(), size: z.string(), rows: z.number() }),
)`
  select wanted.relation, pg_size_pretty(pg_total_relation_size(c.oid)) as size,
    greatest(c.reltuples, 0)::int8 as rows
  from unnest(${sql.array([...relations], "text")}) as wanted (relation)
  join pg_class c on c.oid = to_regclass(wanted.relation)
  order by pg_total_relation_size(c.oid) desc`;
