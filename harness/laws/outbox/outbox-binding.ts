import type { Query } from "../../postgres/query.ts";

/** What an event is about: events of one key are delivered in the order of their commits. */
export interface EventKey {
  readonly aggregateType: string | null;
  readonly aggregateId: string | null;
  readonly eventType: string | null;
}

/** An event as the table holds it. Instants are the server's own text. */
export interface OutboxEvent {
  readonly id: number;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly eventType: string;
  /** As the server writes jsonb. */
  readonly payload: string;
  readonly createdAt: string;
  readonly processedAt: string | null;
  readonly processedBy: string | null;
  readonly retryCount: number;
  readonly lastError: string | null;
  readonly nextRetryAt: string | null;
  /** From the server's clock now to the next try; null if none is set. */
  readonly secondsToRetry: number | null;
  readonly claimedBy: string | null;
  readonly claimedUntil: string | null;
  /** From the server's clock now to the claim's end; null if it was not claimed, negative once lapsed. */
  readonly claimSecondsLeft: number | null;
  readonly firstClaimedAt: string | null;
  readonly supersededBy: number | null;
  readonly parkedAt: string | null;
}

export interface Claimed {
  readonly eventId: number;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly eventType: string;
  readonly payload: string;
  readonly retryCount: number;
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
  /** `payload` is JSON text; null stands for SQL NULL. */
  publish(call: EventKey & { readonly payload: string | null }): Query<{ answer: number }>;
  claim(call: {
    readonly processor: string | null;
    readonly batchSize: number | null;
  }): Query<Claimed>;
  complete(call: CompleteCall): Query<{ answer: boolean }>;
  /** Every event, in the order of ids. */
  events(): Query<OutboxEvent>;
  /** The documented statement that releases a parked event by hand, run as the deployer. */
  release(eventId: number): Query;
  counters?(): Query<{ name: string; value: number }>;
  /** The table that holds the events, as `schema.table`, and its key column: for a row that references an event. */
  readonly table: string;
  readonly idColumn: string;
  /** How long a claim lasts, seconds. */
  readonly claimSeconds: number;
  /** An event parks at this many failed attempts. */
  readonly maxAttempts: number;
  /** The longest delay between two attempts, seconds. */
  readonly maxDelaySeconds: number;
}
