import type { Actor } from "../../explore/actor.ts";
import type { Play } from "../../explore/schedule.ts";
import type { Isolation } from "../../postgres/session.ts";
import type { OutboxBinding, OutboxEvent } from "./outbox-binding.ts";
import { claimBy, readEvents } from "./outbox-calls.ts";

export type OutboxPlay = Play<OutboxBinding>;

/** A session at an isolation level; READ COMMITTED, which claims ask for, unless told otherwise. */
export function enter({ cast }: OutboxPlay, name: string, isolation?: Isolation): Promise<Actor> {
  return cast.enter(name, isolation === undefined ? {} : { isolation });
}

/** Lets so many seconds pass by moving what the tables remember; nobody may have a transaction open. */
export async function passTime({ stage, judge }: OutboxPlay, seconds: number): Promise<void> {
  const tell = judge.begin("clock", `${seconds} s pass`);
  await stage.database.advance(seconds);
  tell("");
}

/** Lets every claim lapse. */
export function letLapse(play: OutboxPlay): Promise<void> {
  return passTime(play, play.binding.claimSeconds + 1);
}

/** One attempt on what is due, which fails and may be tried again at once. */
export async function failOnce(
  { binding }: OutboxPlay,
  actor: Actor,
  eventId: number,
  processor: string,
): Promise<void> {
  await actor.asks(
    binding.complete({ eventId, processor, success: false, error: "boom", retryDelaySeconds: 0 }),
  );
}

/** Fails the only event there is until it parks. */
export async function park(play: OutboxPlay, actor: Actor, eventId: number): Promise<void> {
  for (let attempt = 0; attempt < play.binding.maxAttempts; attempt += 1) {
    await actor.asks(play.binding.claim(claimBy("p")));
    await failOnce(play, actor, eventId, "p");
  }
}

/** The event of an id as a session sees it now. */
export async function eventOf(
  { binding }: OutboxPlay,
  actor: Actor,
  id: number,
): Promise<OutboxEvent | undefined> {
  return (await readEvents(binding, actor)).find((each) => each.id === id);
}
