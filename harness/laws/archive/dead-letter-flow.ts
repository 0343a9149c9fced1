import type { RedisPlace, Worker } from "../../explore/worker.ts";
import type { StreamField } from "../../redis/stream.ts";

/** A message as it was on the main stream. */
export interface Message {
  readonly id: string;
  readonly fields: readonly StreamField[];
}

/** How messages that could not be processed go from the main stream to the dead letters and on to the archive. */
export interface DeadLetterFlow {
  readonly mainStream: string;
  readonly deadLetterStream: string;
  /** Writes the dead letter of a message, as a consumer that gives it up does, and answers the letter's id. */
  readonly writeLetter: (place: RedisPlace, message: Message) => Promise<string>;
  /** The fields of the message whose dead letter has this payload in the archive, in their order; none if it is no letter's. */
  readonly archivedFields: (payload: string) => readonly StreamField[];
  /** Moves dead letters from the stream to the archive. */
  readonly archiver: Worker;
}
