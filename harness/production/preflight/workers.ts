import { z } from "zod";
import { sql } from "../../postgres/query.ts";
import { noted } from "../finding.ts";
import type { PreflightCheck } from "./preflight-check.ts";

/** Who is connected, by role and application name. */
export const workers: PreflightCheck = {
  name: "workers",
  async look(looker) {
    const found = await looker.any(workersQuery);
    if (found.length === 0) return noted("nobody else is connected");
    return noted(
      "connected besides",
      found.map(
        ({ role, application, sessions }) =>
          `${role} "${application}": ${sessions === 1 ? "1 session" : `${sessions} sessions`}`,
      ),
    );
  },
};

const workersQuery = sql.type(
  z.object({ role: z.string(), application: z.string(), sessions: z.number() }),
)`
  select coalesce(usename::text, '?') as role, coalesce(application_name, '') as application, count(*)::int8 as sessions
  from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and coalesce(backend_type, 'client backend') = 'client backend'
  group by 1, 2 order by 3 desc, 1, 2`;
