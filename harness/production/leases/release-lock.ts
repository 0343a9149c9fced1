import { z } from "zod";
import type { Session } from "../../postgres/session.ts";
import type { ProductionRecord } from "../../report/production-record.ts";
import { RehearsalError } from "../../verdict/rehearsal-error.ts";
import type { Environment } from "../../verify/environment.ts";
import type { Output } from "../../verify/output.ts";
import { blockersWhile } from "./blockers-while.ts";
import { type Errand, readErrand } from "../errand.ts";
import { look, lookSettings } from "../look.ts";
import { type Finding, go, noGo, noted, unknown } from "../finding.ts";
import type { Lease, LeaseControl } from "../production-binding.ts";
import { commonSettings } from "../settings.ts";
import { recorded } from "../recorded.ts";

export const releaseLockSettings = z
  .strictObject({
    ...commonSettings.shape,
    name: z.string().min(1),
    confirm: z.string().min(1).optional(),
  })
  .refine(({ name, confirm }) => confirm === undefined || confirm === name, {
    path: ["confirm"],
    message: "is not the name of the lock",
  });

export type ReleaseLockSettings = z.output<typeof releaseLockSettings>;

/**
 * The whole of `pnpm release-lock`: shows a lease and, if it is confirmed, takes exactly that one from its holder, also
 * while it has not expired. Keeps a record. A `RehearsalError` says what could not even be begun.
 */
export async function releaseLock(
  settings: ReleaseLockSettings,
  environment: Environment,
  output: Output,
): Promise<ProductionRecord> {
  const startedAt = new Date();
  const errand = await readErrand(settings, environment);
  const leases = leasesOf(errand);
  const question = `may ${settings.name} be taken from its holder`;
  const order = { errand, command: "release-lock", question, startedAt, output } as const;
  return await recorded({ ...order, changes: true }, async (_, checks) => {
    await using looker = await errand.target.connect("release-lock", lookSettings);
    const lease = await findLease(looker, leases, settings.name);
    if (lease === undefined) {
      checks.add("lease", noGo(`nobody has a lease on ${settings.name}`));
      return {};
    }
    checks.add("lease", noted(describeLease(lease)));
    checks.add("release", await release(errand, leases, lease, looker, settings.confirm));
    return { holder: lease.holder, token: String(lease.token) };
  });
}

function leasesOf({ production, folder }: Errand): LeaseControl {
  if (production?.leases !== undefined) return production.leases;
  throw new RehearsalError(
    "NO_LEASES_BOUND",
    `The bindings of ${folder} do not say how a lease is looked at and released. Nothing was run. Give their "production" a "leases".`,
  );
}

function findLease(
  looker: Session,
  leases: LeaseControl,
  name: string,
): Promise<Lease | undefined> {
  return look(looker, async (each) => (await each.any(leases.find(name)))[0]);
}

function describeLease({ name, holder, token, acquiredAt, secondsLeft }: Lease): string {
  const left = secondsLeft > 0 ? `${secondsLeft} s left` : `expired ${-secondsLeft} s ago`;
  return `${name} is held by ${holder} since ${acquiredAt}, ${left}, token ${token}`;
}

async function release(
  { target }: Errand,
  leases: LeaseControl,
  lease: Lease,
  looker: Session,
  confirm: string | undefined,
): Promise<Finding> {
  const what = `the lease of ${lease.holder} with token ${lease.token}`;
  if (confirm === undefined)
    return noGo(
      `nothing was changed: with --confirm ${lease.name} ${what} would be deleted. ` +
        "First make sure that its holder is gone: one that lives is refused from then on, " +
        "but what it is doing goes on unless whatever the lock guards looks at the token",
    );
  await using writer = await target.connect("release-lock", releaseSettings);
  const deleting = writer.answer(leases.release(lease));
  const blockers = await blockersWhile(looker, writer.pid, deleting);
  const answer = await deleting;
  if (answer.kind === "lost")
    return unknown(
      `the connection was lost, and with it the answer: look again (${answer.message})`,
    );
  if (answer.kind === "rows") {
    if (answer.rows.length > 0) return go(`${what} was deleted: the name is free`);
    const now = await findLease(looker, leases, lease.name);
    return noGo(
      "nothing was changed: it is another lease by now, or none",
      now === undefined ? [] : [describeLease(now)],
    );
  }
  if (answer.sqlstate === "55P03")
    return noGo(
      "nothing was changed: somebody has the lease's row in hand. End what they do, and try again",
      blockers,
    );
  if (answer.sqlstate === "42501")
    return noGo(
      `nothing was changed: ${target.role} may not delete leases; log in as the owner of the table (${answer.message})`,
    );
  throw answer.cause;
}

/** A row that is free is had at once; whoever holds it for longer will not be waited for. */
const releaseSettings = {
  lock_timeout: "1s",
  statement_timeout: "10s",
  synchronous_commit: "on",
};
