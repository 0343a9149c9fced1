import type { RedisPlace, Worker } from "../../explore/worker.ts";
import type { Query } from "../../postgres/query.ts";
import type { DeadLetterFlow } from "../archive/dead-letter-flow.ts";

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
  /** Null is an answer that the function may give by mistake. */
  readonly record: (
    call: ReplayCall,
  ) => Query<{ alreadyReplayed: boolean | null; replayId: number | null }>;
  /** Every record, in the order of ids. */
  readonly records: () => Query<ReplayRecord>;
  /** What a record's status reads until the new message's id is known, and from then on. */
  readonly statuses: { readonly reserved: string; readonly replayed: string };
  /** What the SQL calls its arguments: an error about one must name it. */
  readonly argumentNames?: Readonly<Partial<Record<keyof ReplayCall, string>>>;
  /** How many calls met a replay that was there and had nothing to fill in; left out if nobody counts them. Asked as the deployer. */
  readonly duplicates?: () => Query<{ answer: number }>;
  /** Publishes one event in the same transaction, for `replay.with-outbox`; left out if nothing is published. */
  readonly publish?: (key: string) => Query;
  /** How many events {@link publish} left for the key. */
  readonly published?: (key: string) => Query<{ answer: number }>;
  /** How messages are replayed; left out if there are no such streams. */
  readonly flow?: ReplayFlow;
}

/** Where dead letters are replayed from, and who does it. */
export interface ReplayFlow extends DeadLetterFlow {
  /** Asks for the replay of an original by one of its dead letters, as whoever operates the streams does. */
  readonly askForReplay: (place: RedisPlace, request: ReplayRequest) => Promise<void>;
  /** Puts back what was asked for. */
  readonly replayer: Worker;
}

export interface ReplayRequest {
  readonly originalId: string;
  readonly deadLetterId: string;
}
