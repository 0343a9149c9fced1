import type { Actor, Call } from "../../explore/actor.ts";
import { letClockPass } from "../../explore/let-clock-pass.ts";
import { type Play, schedule } from "../../explore/schedule.ts";
import type { Query } from "../../postgres/query.ts";
import type { Isolation } from "../../postgres/session.ts";
import type { Lease, LeaseCall, LockBinding } from "./lock-binding.ts";
import { beginWithSnapshot, by, isExpired, readLeases } from "./lock-calls.ts";

export type LockPlay = Play<LockBinding>;

export const lockSchedule = schedule<LockBinding>;

/** A session at the play's isolation level; READ COMMITTED for those that are not looked at. */
export function enter({ cast }: LockPlay, name: string, isolation?: Isolation): Promise<Actor> {
  return cast.enter(name, isolation === undefined ? {} : { isolation });
}

/** Lets so many seconds pass by moving what the tables remember; nobody may have a transaction open. */
export async function passTime({ stage, judge }: LockPlay, seconds: number): Promise<void> {
  const tell = judge.begin("clock", `${seconds} s pass`);
  await stage.database.advance(seconds);
  tell("");
}

/** Gives a holder a lease of the name that has run out already. */
export async function leaveExpired(play: LockPlay, actor: Actor, call: LeaseCall): Promise<void> {
  await actor.asks(play.binding.acquire({ ...call, ttlSeconds: 60 }));
  await passEnd(play, actor, call.name ?? "");
}

/** Moves the clock past the end of a lease, whenever that is, and of those that end with it. */
export function passEnd(play: LockPlay, reader: Actor, name = "alpha"): Promise<void> {
  return moveTowardsEnd(play, reader, name, 40);
}

/** How long a lease that is about to end has left: enough for a few statements, too little to wait for. */
const aboutToEndMs = 30;

/** Gives a holder a lease that ends in a moment; in a later moment where the last one was missed. */
export async function leaveAboutToEnd(
  play: LockPlay,
  actor: Actor,
  call: LeaseCall,
): Promise<void> {
  await actor.asks(play.binding.acquire({ ...call, ttlSeconds: 60 }));
  await moveTowardsEnd(play, actor, call.name ?? "", (-aboutToEndMs * play.attempt) / 1000);
}

/** The lease's own end counts: one that lasts too long is for another law to find, and nobody waits for it. */
async function moveTowardsEnd(
  play: LockPlay,
  reader: Actor,
  name: string,
  beyondSeconds: number,
): Promise<void> {
  const lease = await leaseOf(play, reader, name);
  const end = `the end of the lease on ${name}`;
  const tell = play.judge.begin(
    "clock",
    beyondSeconds > 0 ? `passes ${end}` : `is close to ${end}`,
  );
  if (lease !== undefined) await play.stage.database.advance(lease.secondsLeft + beyondSeconds);
  tell("");
}

/** Lets the server's clock pass the end of a lease. The reader may be in any transaction. */
export async function letExpire(play: LockPlay, lease: Lease, reader: Actor): Promise<void> {
  const tell = play.judge.begin("clock", `the lease of ${lease.holder} on ${lease.name} runs out`);
  await letClockPass(reader.session, lease.secondsLeft);
  tell("");
}

/** Ann holds a lease that runs out behind a transaction of hers; nothing if it ran out before that had begun. */
export async function runOutBehindTransaction(play: LockPlay): Promise<Actor | undefined> {
  const ann = await enter(play, "ann", play.isolation);
  const watch = await enter(play, "watch");
  await leaveAboutToEnd(play, ann, by("ann"));
  await beginWithSnapshot(ann, play.judge, play.binding);
  const lease = await leaseOf(play, ann);
  if (lease === undefined || isExpired(lease)) return undefined;
  await letExpire(play, lease, watch);
  return ann;
}

/** The lease of a name as a session sees it; nothing if there is none. */
export async function leaseOf(
  { binding }: LockPlay,
  reader: Actor,
  name = "alpha",
): Promise<Lease | undefined> {
  return (await readLeases(binding, reader)).get(name);
}

/** Somebody who has the name in hand, what they do while another waits for it, and how they end. */
export interface Hand {
  readonly actor: Actor;
  readonly meanwhile?: () => Promise<unknown>;
  readonly end: "commit" | "rollback";
}

/**
 * Sends a question of one session while another has the name in hand, and then ends that other's transaction. `inTime`
 * tells whether that came before a bounded wait gave up, or whether the question does not wait at all: otherwise the
 * machine was too slow and the play has shown nothing.
 */
export async function askWhileInHand<Row>(
  { binding, attempt }: LockPlay,
  asker: Actor,
  question: Query<Row>,
  { actor, meanwhile, end }: Hand,
): Promise<{ call: Call<Row>; inTime: boolean }> {
  const sent = performance.now();
  const call = await asker.starts(question);
  await meanwhile?.();
  const tookMs = call.tookMs();
  const ending = performance.now();
  await actor.does(end);
  const ended = performance.now();
  const shortMs = binding.waitBudgetMs / 4;
  // On a machine that is too slow for that again and again, it is enough that the call still waited.
  const since = attempt <= strictAttempts ? sent : ending;
  return { call, inTime: (tookMs ?? ended - since) < shortMs };
}

const strictAttempts = 7;

/** Comes back when the call is answered, or when it has waited for so long that it is without bound. */
export async function letWait(
  { binding }: LockPlay,
  watch: Actor,
  call: Pick<Call<unknown>, "answer" | "tookMs">,
): Promise<void> {
  const since = performance.now();
  while (call.tookMs() === undefined && performance.now() - since < binding.waitBudgetMs * 10)
    await Promise.race([call.answer(), letClockPass(watch.session, 0.02)]);
}
