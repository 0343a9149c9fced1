import { z } from "zod";
import type { Actor } from "../../explore/actor.ts";
import type { Recorder } from "../../explore/recorder.ts";
import { sql } from "../../postgres/query.ts";
import type { Session } from "../../postgres/session.ts";
import { isTrue } from "../answered.ts";
import type { Lease, LeaseCall, LockBinding } from "./lock-binding.ts";

/** A call in the name of a holder; about `alpha` and far from its end unless told otherwise. */
export function by(holder: string, ttlSeconds = 600, name = "alpha"): Spelled<LeaseCall> {
  return { name, holder, ttlSeconds };
}

type Spelled<Call> = { [Key in keyof Call]: NonNullable<Call[Key]> };

/** Whether the rows that a history keeps say true. */
export function answeredTrue(rows: unknown): boolean {
  return Array.isArray(rows) && isTrue({ kind: "rows", rows });
}

/** The leases by name, as a session sees them; not a step of the play. */
export async function readLeases(
  binding: LockBinding,
  { session }: { session: Session },
): Promise<ReadonlyMap<string, Lease>> {
  return new Map((await session.all(binding.leases())).map((lease) => [lease.name, lease]));
}

/** The tokens by name, as a session sees them; not a step of the play. */
export async function readTokens(
  binding: LockBinding,
  { session }: { session: Session },
): Promise<ReadonlyMap<string, number>> {
  return new Map((await session.all(binding.tokens())).map(({ name, token }) => [name, token]));
}

/** The server's clock, in microseconds since 1970. */
export async function readClockMicros({ session }: { session: Session }): Promise<number> {
  const { micros } = await session.one(sql.type(z.object({ micros: z.number() }))`
    select (extract(epoch from clock_timestamp()) * 1000000)::bigint as micros`);
  return micros;
}

/** Begins a transaction and reads in it: where its isolation keeps a snapshot, it is of now. */
export async function beginWithSnapshot(
  actor: Actor,
  recorder: Recorder,
  binding: LockBinding,
): Promise<void> {
  await actor.does("begin");
  const tell = recorder.begin(actor.name, "reads the leases");
  await readLeases(binding, actor);
  tell("");
}

/** Within this of its end nobody can tell in time whether a lease is live. */
const blurSeconds = 5;

/** Whether a lease is live, and for long enough that it still was when the next statement ran. */
export function isLive(lease: Lease | undefined): lease is Lease {
  return lease !== undefined && lease.secondsLeft > blurSeconds;
}

export function isExpired(lease: Lease | undefined): lease is Lease {
  return lease !== undefined && lease.secondsLeft <= 0;
}

/** Whether a name is there for the taking: no lease, or one whose time is over. */
export function isFree(lease: Lease | undefined): boolean {
  return lease === undefined || isExpired(lease);
}

/** Demands that nothing of the leases changed between two readings. What it finds is told without instants. */
export function demandUntouched(
  recorder: Recorder,
  before: ReadonlyMap<string, Lease>,
  after: ReadonlyMap<string, Lease>,
): void {
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  const changes = names.flatMap((name) => change(name, before.get(name), after.get(name)));
  recorder.demand(changes.length === 0, {
    expected: "the leases are as they were",
    happened: changes.join("; "),
  });
}

function change(name: string, before: Lease | undefined, after: Lease | undefined): string[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return [`${name} is there, held by ${after?.holder}`];
  if (after === undefined) return [`${name}, held by ${before.holder}, is gone`];
  if (before.row === after.row) return [];
  if (before.holder !== after.holder)
    return [`${name} went from ${before.holder} to ${after.holder}`];
  if (before.expiresMicros === after.expiresMicros) return [`${name} was written to`];
  const direction = after.expiresMicros < before.expiresMicros ? "earlier" : "later";
  return [`${name}, held by ${before.holder}, ends ${direction}`];
}
