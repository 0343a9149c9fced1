import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { sql } from "../../postgres/query.ts";
import type { Session } from "../../postgres/session.ts";

/**
 * For whom a statement of another session waits, asked until it has its answer: afterwards nobody could tell any more.
 * Each is told on one line and how to end it on the next; nothing if it did not wait.
 */
export async function blockersWhile(
  watcher: Session,
  pid: number,
  underWay: Promise<unknown>,
): Promise<readonly string[]> {
  const ended = underWay.then(
    () => true,
    () => true,
  );
  let found: readonly string[] = [];
  for (;;) {
    const rows = await watcher.all(blockersOf(pid));
    if (rows.length > 0) found = rows.flatMap(({ who, end }) => [who, `  ${end}`]);
    if (await Promise.race([ended, setTimeout(pauseMs, false)])) return found;
  }
}

/** For whom a session waits is told to nobody: it is asked, often enough within a lock timeout of a second. */
const pauseMs = 20;

const blockersOf = (pid: number) => sql.type(z.object({ who: z.string(), end: z.string() }))`
  select distinct
    case when blocker.pid = 0 then 'a prepared transaction; see pg_prepared_xacts for its gid, and end it with'
      else format('process %s "%s" (%s, %s)%s; end it with', blocker.pid, coalesce(a.application_name, ''),
        coalesce(a.usename, 'role hidden'), coalesce(a.state, 'state hidden'),
        ', in a transaction for ' || round(extract(epoch from clock_timestamp() - a.xact_start)) || ' s') end as who,
    case when blocker.pid = 0 then 'rollback prepared ''<gid>'';'
      else format('select pg_terminate_backend(%s);', blocker.pid) end as end
  from unnest(pg_blocking_pids(${pid})) blocker (pid)
  left join pg_stat_activity a on a.pid = blocker.pid`;
