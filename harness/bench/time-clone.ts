import { randomBytes } from "node:crypto";
import type { Rehearsal } from "../laws/rehearsal.ts";
import { createDatabase, databaseName } from "../postgres/database.ts";
import { quoteName } from "../postgres/quote-name.ts";
import type { Session } from "../postgres/session.ts";
import { openAdminSession } from "../postgres/tenancy.ts";
import { median } from "./median.ts";
import { amount } from "./render-figure.ts";
import { repeat, timed } from "./repeat.ts";
import { openBare, type Take } from "./workbench.ts";

/** The figure is how many times as long the clone took, pair by pair. */
export const takeClone: Take = async (runs, run, workbench) => {
  await using rehearsal = await openBare(run, workbench);
  await using admin = await openAdminSession(rehearsal.data.tenancy.address);
  const once = (time: number) => timeClone(rehearsal.data, admin, time);
  await repeat(2, once);
  const times = await repeat(runs, once);
  const clone = median(times.map((each) => each.clone));
  const bare = median(times.map((each) => each.bare));
  return {
    values: times.map((each) => each.clone / each.bare),
    note: `(${amount(clone, "ms")} beside ${amount(bare, "ms")})`,
  };
};

/** Milliseconds, measured one right after the other on one server. */
interface CloneTimes {
  readonly clone: number;
  /** `create database … template` in a session that is open already. */
  readonly bare: number;
}

/** Which of the two comes first changes from time to time: the second one finds what the first one warmed. */
async function timeClone(
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
