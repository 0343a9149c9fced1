import { z } from "zod";
import { sql } from "../../postgres/query.ts";
import { go, noGo, unknown } from "../finding.ts";
import type { PreflightCheck } from "./preflight-check.ts";

/** No transaction has been open for long: it would hold up whoever waits for it, and what vacuum may remove. */
export const oldTransactions: PreflightCheck = {
  name: "transactions",
  async look(looker, { limits: { transactionSeconds } }) {
    const open = await looker.any(openTransactions);
    const old = open.filter(({ seconds }) => (seconds ?? 0) > transactionSeconds);
    if (old.length > 0)
      return noGo(
        `open for longer than ${transactionSeconds} s: end or wait for these`,
        old.map(
          ({ who, role, seconds, state }) =>
            `${who} (${role}, ${state}) for ${Math.round(seconds ?? 0)} s`,
        ),
      );
    const hidden = open.filter(({ seconds }) => seconds === null);
    if (hidden.length > 0)
      return unknown(
        `since when other roles' transactions are open is hidden from this role: grant it pg_monitor`,
        hidden.map(({ who, role }) => `${who} (${role})`),
      );
    return go(
      open.length === 0
        ? "none is open"
        : `${open.length === 1 ? "one is" : `${open.length} are`} open, none for longer than ${transactionSeconds} s`,
    );
  },
};

/**
 * A role that may not see others' state sees their `backend_xmin` neither, so every session of theirs that runs
 * anything counts as hidden.
 */
const openTransactions = sql.type(
  z.object({
    who: z.string(),
    role: z.string(),
    state: z.string(),
    seconds: z.number().nullable(),
  }),
)`
  select format('process %s "%s"', a.pid, a.application_name) as who, coalesce(a.usename::text, '?') as role,
    coalesce(a.state, 'state hidden') as state,
    extract(epoch from clock_timestamp() - a.xact_start)::float8 as seconds
  from pg_stat_activity a
  where a.datname = current_database() and a.pid <> pg_backend_pid() and a.backend_type is distinct from 'autovacuum worker'
    and (a.xact_start is not null or a.state is null)
  union all
  select 'prepared transaction ' || gid, owner::text, 'prepared',
    extract(epoch from clock_timestamp() - prepared)::float8
  from pg_prepared_xacts where database = current_database()
  order by 4 desc nulls last`;
