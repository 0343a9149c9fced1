import { z } from "zod";
import { sql } from "../../postgres/query.ts";
import { go, noGo, unknown } from "../finding.ts";
import type { PreflightCheck } from "./preflight-check.ts";

/** No replica is far behind, and no slot keeps much log. */
export const replication: PreflightCheck = {
  name: "replication",
  async look(looker, { limits }) {
    const replicas = await looker.any(replicasQuery);
    const slots = await looker.any(slotsQuery);
    const late = [
      ...replicas.filter(({ behind }) => (behind ?? 0) > limits.lagBytes),
      ...slots.filter(({ behind }) => (behind ?? 0) > limits.slotBytes),
    ];
    const lost = slots.filter(({ behind }) => behind === null);
    if (late.length > 0 || lost.length > 0)
      return noGo("behind by more than it may be, or lost", [...late, ...lost].map(describe));
    const hidden = replicas.filter(({ behind }) => behind === null);
    if (hidden.length > 0)
      return unknown(
        "how far replicas are behind is hidden from this role: grant it pg_monitor",
        hidden.map(describe),
      );
    if (replicas.length + slots.length === 0) return go("no replica and no replication slot");
    return go(
      `${replicas.length} replicas and ${slots.length} slots, none far behind`,
      [...replicas, ...slots].map(describe),
    );
  },
};

const follower = z.object({ who: z.string(), behind: z.number().nullable() });

function describe({ who, behind }: z.infer<typeof follower>): string {
  return behind === null ? `${who}: not known` : `${who}: ${behind} bytes behind`;
}

const replicasQuery = sql.type(follower)`
  select format('replica "%s" of process %s', application_name, pid) as who,
    pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::int8 as behind
  from pg_stat_replication where not pg_is_in_recovery()`;

const slotsQuery = sql.type(follower)`
  select format('slot "%s" (%s)', slot_name, case when active then 'active' else 'inactive' end) as who,
    pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::int8 as behind
  from pg_replication_slots where not pg_is_in_recovery() and not temporary`;
