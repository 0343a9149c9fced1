import { z } from "zod";
import { sql } from "../postgres/query.ts";
import type { Session } from "../postgres/session.ts";

const seen = z.object({ passed: z.boolean() });

/**
 * Returns once the server's clock is past a moment, given as the server writes it or as seconds from now. The only wait
 * by time there is: for laws about a clock that is read after a wait, where moving what the tables remember would not
 * do. Use it for fractions of a second, and ask the server for everything else.
 */
export async function letClockPass(session: Session, until: string | number): Promise<void> {
  const { moment } = await session.one(
    typeof until === "number"
      ? sql.type(instant)`
          select (clock_timestamp() + make_interval(secs => ${until}))::text as moment`
      : sql.type(instant)`select ${until}::timestamptz::text as moment`,
  );
  let passed = false;
  while (!passed) {
    ({ passed } = await session.one(sql.type(seen)`
      select clock_timestamp() > ${moment}::timestamptz as passed
      from pg_sleep_until(${moment}::timestamptz)`));
  }
}

const instant = z.object({ moment: z.string() });
