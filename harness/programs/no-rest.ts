import { z } from "zod";
import { sql } from "../postgres/query.ts";
import type { Session } from "../postgres/session.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Puppet } from "./puppet.ts";

/** How long a session may go without coming to rest, milliseconds. */
export const patienceMs = 15_000;

const line = z.object({ line: z.string() });

/** Tells where each session is, whom it waits for and what it has locked. */
export async function noRest(hand: Session, puppets: readonly Puppet[]): Promise<RehearsalError> {
  const pids = puppets.map(({ session }) => session.pid);
  const lines = await hand.all(sql.type(line)`
    select format('%s: %s, waits for {%s}, holds %s: %s', a.application_name, a.state,
      array_to_string(pg_blocking_pids(a.pid), ', '),
      (select string_agg(distinct format('%s on %s', l.mode, coalesce(l.relation::regclass::text, l.locktype)), ', ')
         from pg_locks l where l.pid = a.pid and l.granted), a.query) as line
    from pg_stat_activity a where a.pid = any (${sql.array(pids, "int4")}) order by 1`);
  const places = puppets.map(({ session, rest }) =>
    rest.kind === "held"
      ? `${session.name} is held at ${rest.at.gate}`
      : `${session.name} ${rest.kind}`,
  );
  return new RehearsalError(
    "NO_REST",
    `A session came to no rest within ${patienceMs / 1000} s. ${places.join("; ")}. The server says:\n` +
      lines.map((each) => `  ${each.line}`).join("\n"),
    { exitCode: 3 },
  );
}
