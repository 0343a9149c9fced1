import { z } from "zod";
import { sql } from "../../postgres/query.ts";
import type { Session } from "../../postgres/session.ts";
import { endsSession, readServerError } from "../../source/server-error.ts";
import { describeRefusal } from "../finding.ts";
import { look, type Looker, lookSettings } from "../look.ts";
import type { Metric, ProductionBinding, View, ViewRow } from "../production-binding.ts";

/** What the server answered, or why it could not be told: what may not be seen is not zero. */
export type Told<Value> =
  | { readonly known: true; readonly value: Value }
  | { readonly known: false; readonly reason: string };

/** All that is watched, as it was at one instant, counters aside: those are read as they stand. */
export interface Reading {
  /** Seconds since 1970 by the server's clock. */
  readonly at: number;
  /** When the server was started, likewise. After that counters may have jumped. */
  readonly startedAt: number;
  readonly metrics: readonly { readonly metric: Metric; readonly told: Told<number> }[];
  readonly views: readonly { readonly view: View; readonly told: Told<readonly ViewRow[]> }[];
}

/** A reading comes again soon: it had better say nothing than wait. */
export const readingSettings: Readonly<Record<string, string>> = {
  ...lookSettings,
  statement_timeout: "5s",
  lock_timeout: "200ms",
};

/**
 * Reads everything in one read-only transaction. What the server refuses is unknown, the rest goes on. Fails with
 * `LOOK_CHANGED`, and with the driver's error when the connection is lost.
 */
export function takeReading(
  session: Session,
  binding: Pick<ProductionBinding, "metrics" | "views">,
): Promise<Reading> {
  return look(session, async (looker) => {
    const clocks = await looker.one(clocksQuery);
    const metrics: Reading["metrics"][number][] = [];
    for (const metric of binding.metrics) {
      const told = await ask(looker, async () => (await looker.one(metric.value)).value);
      metrics.push({ metric, told });
    }
    const views: Reading["views"][number][] = [];
    for (const view of binding.views)
      views.push({ view, told: await ask(looker, () => looker.any(view.rows)) });
    return { ...clocks, metrics, views };
  });
}

const clocksQuery = sql.type(z.object({ at: z.number(), startedAt: z.number() }))`
  select extract(epoch from clock_timestamp())::float8 as at,
    extract(epoch from pg_postmaster_start_time())::float8 as "startedAt"`;

/** A refusal spoils no more than itself: a savepoint is gone back to. */
async function ask<Value>(looker: Looker, query: () => Promise<Value>): Promise<Told<Value>> {
  await looker.run("savepoint asked");
  try {
    const value = await query();
    await looker.run("release savepoint asked");
    return { known: true, value };
  } catch (error) {
    const said = readServerError(error);
    if (said === undefined || endsSession(said)) throw error;
    await looker.run("rollback to savepoint asked");
    return { known: false, reason: describeRefusal(said) };
  }
}
