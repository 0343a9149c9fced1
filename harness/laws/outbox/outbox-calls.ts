import { z } from "zod";
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
  return answer.kind === "rows" ? claimedRows(answer.rows) : [];
}

/** The same of the rows that a history keeps. */
export function claimedRows(rows: unknown): readonly Claimed[] {
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row) => {
    const parsed = claimedRow.safeParse(row);
    return parsed.success ? [parsed.data] : [];
  });
}

const claimedRow = z.object({
  eventId: z.number(),
  aggregateType: z.string(),
  aggregateId: z.string(),
  eventType: z.string(),
  payload: z.string(),
  retryCount: z.number(),
});

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
  const ids = before.map(({ id }) => id);
  judge.demandEqual(
    after.map(({ id }) => id),
    ids,
    `the ids of the events ${when}`,
  );
  for (const [index, was] of before.entries()) demandSameRow(judge, was, after[index], when);
}

/** Demands that no column of an event changed. */
export function demandSameRow(
  judge: Recorder,
  was: OutboxEvent | undefined,
  now: OutboxEvent | undefined,
  when: string,
): void {
  judge.demand(was?.row === now?.row, {
    expected: `event ${was?.id} as it was ${when}`,
    happened: `changed are ${changedColumns(was, now).join(", ")}`,
  });
}

/** Without their instants, which differ from run to run. */
function changedColumns(was: OutboxEvent | undefined, now: OutboxEvent | undefined): string[] {
  const [from, to] = [columnsOf(was), columnsOf(now)];
  return [...from.keys()]
    .filter((name) => from.get(name) !== to.get(name))
    .map((name) => `${name} (${spoken(from.get(name))} → ${spoken(to.get(name))})`);
}

function columnsOf(each: OutboxEvent | undefined): Map<string, string> {
  const row = z.record(z.string(), z.unknown()).parse(JSON.parse(each?.row ?? "{}"));
  return new Map(Object.entries(row).map(([name, value]) => [name, JSON.stringify(value)]));
}

function spoken(value: string | undefined): string {
  return /^"\d{4}-\d\d-\d\dT/.test(value ?? "") ? "an instant" : (value ?? "gone");
}

/** A span as a witness shows it: the same on every run. */
export function wholeSeconds(span: number | null | undefined): string {
  return span === null || span === undefined ? "no time" : `${Math.round(span)} s`;
}
