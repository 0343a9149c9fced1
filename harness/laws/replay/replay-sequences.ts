import * as fc from "fast-check";
import type { Recorder } from "../../explore/recorder.ts";
import { type Advance, isAdvance, sequences } from "../../explore/sequences.ts";
import type { Stage } from "../../explore/stage.ts";
import type { Trial } from "../../explore/trial.ts";
import type { Answer } from "../../postgres/session.ts";
import type { ReplayBinding, ReplayRecord } from "./replay-binding.ts";
import { readRecords } from "./replay-calls.ts";

export interface RecordOperation {
  readonly kind: "record";
  readonly originalId: string;
  readonly deadLetterId: string | null;
  readonly candidateId: number | null;
  readonly idempotencyKey: string | null;
  readonly newId: string | null;
  readonly replayedBy: string;
}

/** One call, with all records before and after it. */
export interface RecordedCall {
  readonly before: readonly ReplayRecord[];
  readonly operation: RecordOperation;
  readonly answer: Answer;
  readonly after: readonly ReplayRecord[];
  /** The record of the call's original, if there was one before it. */
  readonly known: ReplayRecord | undefined;
}

/** Few values, so that calls meet; two ids differ in a letter's case and in a blank only. */
const operations: fc.Arbitrary<RecordOperation | Advance> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant("record" as const),
      originalId: fc.constantFrom("m-1", "m-2", "M-1", "m-1 "),
      deadLetterId: fc.constantFrom(null, "d-1", "d-2"),
      candidateId: fc.constantFrom(null, 1, 2),
      idempotencyKey: fc.constantFrom(
        null,
        "00000000-0000-0000-0000-00000000000a",
        "00000000-0000-0000-0000-00000000000b",
      ),
      newId: fc.constantFrom(null, null, "n-1", "n-2"),
      replayedBy: fc.constantFrom("ann", "ben"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("advance" as const), seconds: fc.constant(60) }),
  },
);

/** Random calls in one session; the law judges each by the records before and after it. */
export function replaySequences(
  judge: (recorder: Recorder, call: RecordedCall, stage: Stage<ReplayBinding>) => void,
): Trial<ReplayBinding> {
  return sequences<ReplayBinding, readonly ReplayRecord[], RecordOperation>({
    title: "random calls in one session",
    operations: () => operations,
    query: (binding, operation) => binding.record(operation),
    readState: readRecords,
    judge(recorder, { before, operation, answer, after }, stage) {
      if (isAdvance(operation)) return;
      const known = before.find(({ originalId }) => originalId === operation.originalId);
      judge(recorder, { before, operation, answer, after, known }, stage);
    },
    runs: { quick: 3, default: 25, thorough: 1500 },
  });
}
