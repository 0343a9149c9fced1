import type { Query } from "../../postgres/query.ts";
import type { DeadLetterFlow } from "./dead-letter-flow.ts";

export interface ArchivedLetter {
  readonly archiveId: number;
  readonly deadLetterId: string;
  readonly originalId: string | null;
  readonly candidateId: number | null;
  readonly failureMatchId: string | null;
  /** The payload as the server writes jsonb: equal text is equal jsonb. */
  readonly payload: string;
  readonly reason: string | null;
  readonly reclaimCount: number;
  readonly deadLetteredAt: string | null;
  readonly archivedAt: string;
  readonly archivedBy: string;
}

export interface ArchiveCall {
  readonly deadLetterId: string | null;
  readonly originalId: string | null;
  readonly candidateId: number | null;
  readonly failureMatchId: string | null;
  /** JSON text; null stands for SQL NULL. */
  readonly payload: string | null;
  readonly reason: string | null;
  readonly reclaimCount: number | null;
  readonly deadLetteredAt: string | null;
  readonly archivedBy: string | null;
}

/** Which SQL plays the archive that dead letters go to before they leave the stream. */
export interface ArchiveBinding {
  /** Null is an answer that the function may give by mistake. */
  readonly archive: (call: ArchiveCall) => Query<{ answer: number | null }>;
  /** Every letter, in the order of ids. */
  readonly letters: () => Query<ArchivedLetter>;
  /** What the SQL calls its arguments: an error about one must name it. */
  readonly argumentNames?: Readonly<Partial<Record<keyof ArchiveCall, string>>>;
  /** Where the dead letters come from; left out if there is no such stream. */
  readonly flow?: DeadLetterFlow;
}
