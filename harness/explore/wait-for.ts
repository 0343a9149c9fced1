import { z } from "zod";
import { sql } from "../postgres/query.ts";
import type { Session } from "../postgres/session.ts";

const waiting = z.object({ waits: z.boolean() });

/**
 * Asks the server, again and again, until some session waits for the one with the process id, or until what is under
 * way has come to its end. Answers whether anybody waits: for statements that the trial does not send itself.
 */
export async function letServerWait(
  watcher: Session,
  pid: number,
  underWay: Promise<unknown>,
): Promise<boolean> {
  let over = false;
  const ended = underWay.then(
    () => (over = true),
    () => (over = true),
  );
  for (;;) {
    const { waits } = await watcher.one(sql.type(waiting)`
      select exists (
        select from pg_stat_activity where ${pid} = any (pg_blocking_pids(pid))
      ) as waits`);
    if (waits || over) return waits;
    await Promise.race([ended, Promise.resolve()]);
  }
}
