import * as fc from "fast-check";
import type { Recorder } from "../../explore/recorder.ts";
import { type Advance, isAdvance, sequences } from "../../explore/sequences.ts";
import type { Stage } from "../../explore/stage.ts";
import type { Trial } from "../../explore/trial.ts";
import type { Answer } from "../../postgres/session.ts";
import type { ArchiveBinding, ArchivedLetter } from "./archive-binding.ts";
import {
  type GoodCall,
  letterWith,
  otherContent,
  readLetters,
  sameContent,
} from "./archive-calls.ts";

interface ArchiveOperation {
  readonly kind: "archive";
  readonly call: GoodCall;
  /** Calls of one dead letter say the same where these are equal. */
  readonly content: string;
}

/** One call, with all letters before and after it. */
export interface ArchiveStep {
  readonly call: GoodCall;
  readonly before: readonly ArchivedLetter[];
  readonly answer: Answer;
  readonly after: readonly ArchivedLetter[];
  /** The letter of that id before the call, and whether the call says the same as it. */
  readonly known: { readonly letter: ArchivedLetter; readonly isSame: boolean } | undefined;
}

const contents = [
  ...sameContent.map((more) => ({ more, content: "usual" })),
  ...otherContent.map((more) => ({ more, content: JSON.stringify(more) })),
];

const operations: fc.Arbitrary<ArchiveOperation | Advance> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .record({
        deadLetterId: fc.constantFrom("d-1", "d-2", "D-1"),
        said: fc.oneof(
          fc.constantFrom(...contents.slice(0, sameContent.length)),
          fc.constantFrom(...contents),
        ),
      })
      .map(({ deadLetterId, said }) => ({
        kind: "archive" as const,
        call: letterWith({ ...said.more, deadLetterId }),
        content: said.content,
      })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("advance" as const), seconds: fc.constant(60) }),
  },
);

/** Random calls in one session; the law judges each by the letters before and after it. */
export function archiveSequences(
  judge: (recorder: Recorder, step: ArchiveStep, stage: Stage<ArchiveBinding>) => void,
): Trial<ArchiveBinding> {
  return sequences<ArchiveBinding, readonly ArchivedLetter[], ArchiveOperation>({
    title: "random calls in one session",
    operations: () => operations,
    query: (binding, { call }) => binding.archive(call),
    readState: readLetters,
    judge(recorder, { before, operation, answer, after, past }, stage) {
      if (isAdvance(operation)) return;
      const { call, content } = operation;
      const letter = before.find(({ deadLetterId }) => deadLetterId === call.deadLetterId);
      const first = past.find(
        (each) =>
          !isAdvance(each.operation) && each.operation.call.deadLetterId === call.deadLetterId,
      )?.operation;
      const isSame = first !== undefined && !isAdvance(first) && first.content === content;
      const known = letter === undefined ? undefined : { letter, isSame };
      judge(recorder, { call, before, answer, after, known }, stage);
    },
    runs: { quick: 3, default: 25, thorough: 1500 },
  });
}
