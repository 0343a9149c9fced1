import type { Actor } from "../../explore/actor.ts";
import type { Recorder } from "../../explore/recorder.ts";
import type { Answer, Session } from "../../postgres/session.ts";
import type {
  Claimed,
  EventKey,
  OutboxBinding,
  OutboxEvent,
  PublishCall,
} from "./outbox-binding.ts";

/** A call that publishes `{"n": number}`; about `alpha` unless told otherwise. */
export function event(number: number, aggregateId = "alpha"): PublishCall {
  return { aggregateType: "order", aggregateId, eventType: "changed", payload: payload(number) };
}

/** As the server writes it. */
export function payload(number: number): string {
  return `{"n": ${number}}`;
}

/** Another name for each key. */
export function keyOf({ aggregateType, aggregateId, eventType }: EventKey): string {
  return JSON.stringify([aggregateType, aggregateId, eventType]);
}

/** A claim of any number of events. */
export function claimBy(processor: string, batchSize = 10) {
  return { processor, batchSize };
}

/** The events as a session sees them, in the order of ids; not a step of the play. */
export function readEvents(
  binding: OutboxBinding,
  { session }: { session: Session },
): Promise<OutboxEvent[]> {
  return session.all(binding.events());
}

/** What a claim brought; nothing if it was an error. */
export function claimedOf(answer: Answer): readonly Claimed[] {
  return answer.kind === "rows" ? (answer.rows as readonly Claimed[]) : [];
}

export function idsOf(answer: Answer): readonly number[] {
  return claimedOf(answer).map(({ eventId }) => eventId);
}

export function isOpen(each: OutboxEvent): boolean {
  return !each.processed;
}

export function isFresh(each: OutboxEvent): boolean {
  return !each.everClaimed;
}

export function isLive(each: OutboxEvent): boolean {
  return (each.claimSecondsLeft ?? -1) > 0;
}

export function isLapsed(each: OutboxEvent): boolean {
  return each.claimSecondsLeft !== null && each.claimSecondsLeft <= 0;
}

/** Published, committed and claimed by `processor` in a transaction of its own each; answers the event's id. */
export async function publishAndClaim(
  binding: OutboxBinding,
  actor: Actor,
  processor: string,
  call: PublishCall = event(1),
): Promise<number> {
  await actor.asks(binding.publish(call));
  const [id] = idsOf(await actor.asks(binding.claim(claimBy(processor))));
  return id ?? NaN;
}

/** Demands that no row of the table changed. */
export function demandUntouched(
  judge: Recorder,
  before: readonly OutboxEvent[],
  after: readonly OutboxEvent[],
  when: string,
): void {
  const rows = (events: readonly OutboxEvent[]) => events.map(({ row }) => row);
  judge.demandEqual(rows(after), rows(before), `the events ${when}`);
}
