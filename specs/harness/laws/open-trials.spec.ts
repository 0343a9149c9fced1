/**
 * Goal: Of a law that was tried it is known whether its trial asked for the seed: only then can another one change it.
 * Method: Small laws of this file's own are tried on the specs' servers, with a seed that they tell.
 */
import { expect, inject, onTestFinished, test } from "vitest";
import "../../../harness/kit/describe-laws.ts";
import type { Stage } from "../../../harness/explore/stage.ts";
import { openTrials } from "../../../harness/laws/open-trials.ts";
import type { Subject } from "../../../harness/laws/subject.ts";

test.for([
  { kind: "asks for its seed", read: ({ seed }: Stage<string>) => [seed], told: ["7"] },
  { kind: "hands its stage on", read: (stage: Stage<string>) => [{ ...stage }.seed], told: ["7"] },
  { kind: "does not", read: () => [], told: [] },
])("a trial that $kind", async ({ read, told }) => {
  const trials = await openTrials(tillThat(read), inject("rehearsal"));
  onTestFinished(() => trials[Symbol.asyncDispose]());

  const tried = await trials.try("till.right", { effort: "quick", seed: 7 });

  expect(tried.verdict).toMatchObject({ kind: "holds", evidence: { notes: told, seed: 7 } });
  expect(tried.askedForSeed).toBe(told.length > 0);
});

/** Notes the seeds that its one law reads. */
function tillThat(read: (stage: Stage<string>) => readonly number[]): Subject<string> {
  return {
    name: "till",
    part: () => "till",
    laws: [
      {
        id: "till.right",
        claim: "the till is right",
        situations: [],
        async trial(stage) {
          for (const seed of read(stage)) stage.tally.note(String(seed));
        },
      },
    ],
  };
}
