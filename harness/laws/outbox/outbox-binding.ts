import type { Query } from "../../postgres/query.ts";
import type { Session } from "../../postgres/session.ts";

/** What an event is about: events of one key are delivered in the order of their commits. */
export interface EventKey {
  readonly aggregateType: string | null;
  readonly aggregateId: string | null;
  readonly eventType: string | null;
}

/** An event as the table holds it. Spans of time are seconds by the server's clock at the reading. */
export interface OutboxEvent {
  readonly id: number;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly eventType: string;
  /** As the server writes jsonb: equal text is equal jsonb. */
  readonly payload: string;
  /** Delivered or superseded. */
  readonly processed: boolean;
  readonly processedBy: string | null;
  readonly retryCount: number;
  readonly lastError: string | null;
  /** To the next try; null if none is set, negative once due. */
  readonly secondsToRetry: number | null;
  readonly claimedBy: string | null;
  /** To the claim's end; null if it is in no claim, negative once lapsed. */
  readonly claimSecondsLeft: number | null;
  readonly everClaimed: boolean;
  /** The id of the event that took its place. */
  readonly supersededBy: number | null;
  readonly parked: boolean;
  /** All seconds are counted from one moment, the same for every event: they tell which is due first. */
  readonly secondsOld: number;
  /** The whole row as text: a change of anything in it shows. */
  readonly row: string;
}

export interface Claimed {
  readonly eventId: number;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly eventType: string;
  readonly payload: string;
  readonly retryCount: number;
}

/** `payload` is JSON text; null stands for SQL NULL, as everywhere among arguments. */
export interface PublishCall extends EventKey {
  readonly payload: string | null;
}

export interface ClaimCall {
  readonly processor: string | null;
  readonly batchSize: number | null;
}

export interface CompleteCall {
  readonly eventId: number | null;
  readonly processor: string | null;
  readonly success: boolean | null;
  readonly error?: string | null;
  readonly retryDelaySeconds?: number | null;
}

/** Which SQL plays the transactional outbox. */
export interface OutboxBinding {
  publish(call: PublishCall): Query<{ answer: number }>;
  claim(call: ClaimCall): Query<Claimed>;
  complete(call: CompleteCall): Query<{ answer: boolean }>;
  /** Every event, in the order of ids. */
  events(): Query<OutboxEvent>;
  /** The documented statement that releases a parked event by hand, run as the deployer. */
  release(eventId: number): Query;
  /** What of the counters moves with failures and lapses; left out if the subject keeps no such counters. */
  counters?(): Query<{ name: string; value: number }>;
  /** What the SQL calls its arguments, which errors about them must name; left out if they need not. */
  readonly argumentNames?: Readonly<
    Partial<Record<keyof PublishCall | keyof ClaimCall | keyof CompleteCall, string>>
  >;
  /** The table that holds the events as SQL writes it, and its key column: for a row that references an event. */
  readonly table: string;
  readonly idColumn: string;
  /** How long a claim lasts, seconds. */
  readonly claimSeconds: number;
  /** An event parks at this many failed attempts. */
  readonly maxAttempts: number;
  /** The longest delay between two attempts, seconds. */
  readonly maxDelaySeconds: number;
  /** Delivers what there is to deliver and then ends; left out if the subject has no worker to be tried. */
  readonly processor?: OutboxProcessor;
}

/**
 * One pass of a worker that claims, delivers and completes until a claim comes back empty. `deliver` stands for the
 * receiver: it may fail, and is called again under the same event id then.
 */
export type OutboxProcessor = (tools: ProcessorTools) => Promise<void>;

export interface ProcessorTools {
  /** Of this start of the process. */
  readonly name: string;
  readonly session: Session;
  readonly deliver: (event: Claimed) => Promise<void>;
  /** Called after each effect with what was just done; it may throw, as a process that is killed there would end. */
  readonly step: (done: string) => Promise<void>;
}
