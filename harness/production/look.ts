import { z } from "zod";
import type { CatalogReader } from "../catalog/read-catalog.ts";
import type { SqlRunner } from "../migrations/sql-runner.ts";
import { type Query, sql } from "../postgres/query.ts";
import type { Session } from "../postgres/session.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";

/** Who looks and changes nothing: it may only ask. */
export type Looker = CatalogReader & SqlRunner;

/** What sessions that only look are opened with: the server itself refuses them more. */
export const lookSettings: Readonly<Record<string, string>> = {
  default_transaction_read_only: "on",
  statement_timeout: "30s",
  lock_timeout: "1s",
  idle_in_transaction_session_timeout: "60s",
};

/**
 * Looks in one read-only transaction, which sees one state, and asks at its end whether it was given a transaction id or
 * changed a row. Fails with `LOOK_CHANGED` if so, and with the server's error if it refuses.
 */
export async function look<Value>(
  session: Session,
  work: (looker: Looker) => Promise<Value>,
): Promise<Value> {
  await session.run("begin isolation level repeatable read read only");
  try {
    const value = await work({
      one: <Row>(query: Query<Row>) => session.one(query),
      any: <Row>(query: Query<Row>) => session.all(query),
      run: (text, values) => session.run(text, values),
    });
    const { xid, changed } = await session.one(traces);
    if (xid !== null || changed > 0) throw lookChanged(xid, changed);
    await session.run("commit");
    return value;
  } catch (error) {
    // On a connection that is lost there is nothing to take back, and why it failed is told by the first error.
    await session.run("rollback").catch(() => {});
    throw error;
  }
}

const traces = sql.type(z.object({ xid: z.string().nullable(), changed: z.number() }))`
  select pg_current_xact_id_if_assigned()::text as xid,
    (select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::int8 from pg_stat_xact_all_tables) as changed`;

function lookChanged(xid: string | null, changed: number): RehearsalError {
  return new RehearsalError(
    "LOOK_CHANGED",
    `A look that must change nothing was given transaction id ${xid ?? "none"} and changed ${changed} rows. It was rolled ` +
      "back. This is a fault of the tool or of a query of the bindings: do not go on.",
    { exitCode: 3 },
  );
}
