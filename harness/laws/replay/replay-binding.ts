import type { Query } from "../../postgres/query.ts";

/** What a replay record holds. */
export interface ReplayRecord {
  readonly replayId: number;
  readonly originalId: string;
  readonly deadLetterId: string | null;
  readonly candidateId: number | null;
  readonly idempotencyKey: string | null;
  readonly newId: string | null;
  readonly replayedBy: string;
  readonly status: string;
  /** When it was first recorded, as the server writes it. */
  readonly replayedAt: string;
}

export interface ReplayCall {
  readonly originalId: string | null;
  readonly deadLetterId: string | null;
  readonly candidateId?: number | null;
  readonly idempotencyKey?: string | null;
  readonly newId?: string | null;
  readonly replayedBy?: string | null;
}

/** Which SQL plays the log that lets a dead letter be replayed once. */
export interface ReplayBinding {
  record(call: ReplayCall): Query<{ alreadyReplayed: boolean; replayId: number }>;
  /** Every record, in the order of ids. */
  records(): Query<ReplayRecord>;
  counters?(): Query<{ name: string; value: number }>;
  /** Publishes one event in the same transaction, for `replay.with-outbox`; left out if nothing is published. */
  publish?(key: string): Query;
  /** How many events {@link publish} left for the key. */
  published?(key: string): Query<{ answer: number }>;
}
