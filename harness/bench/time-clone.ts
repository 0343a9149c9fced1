import { randomBytes } from "node:crypto";
import type { Rehearsal } from "../laws/rehearsal.ts";
import { createDatabase, databaseName } from "../postgres/database.ts";
import { quoteName } from "../postgres/quote-name.ts";
import type { Session } from "../postgres/session.ts";
import { timed } from "./repeat.ts";

/** Milliseconds, measured one right after the other on one server. */
export interface CloneTimes {
  readonly clone: number;
  /** `create database … template` in a session that is open already. */
  readonly bare: number;
}

/** Which of the two comes first changes from time to time: the second one finds what the first one warmed. */
export async function timeClone(
  { tenancy, templates }: Rehearsal,
  admin: Session,
  time: number,
): Promise<CloneTimes> {
  const name = (): string => databaseName(tenancy, `b${randomBytes(4).toString("hex")}`);
  const cloneOnce = async (): Promise<number> => {
    await using made = new AsyncDisposableStack();
    return await timed(async () =>
      made.use(await createDatabase(tenancy, name(), templates.target)),
    );
  };
  const bareOnce = async (): Promise<number> => {
    const bare = quoteName(name());
    const took = await timed(() =>
      admin.run(`create database ${bare} template ${quoteName(templates.target)}`),
    );
    await admin.run(`drop database ${bare}`);
    return took;
  };
  if (time % 2 === 0) return { clone: await cloneOnce(), bare: await bareOnce() };
  const bare = await bareOnce();
  return { bare, clone: await cloneOnce() };
}
