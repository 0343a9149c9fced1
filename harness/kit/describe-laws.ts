import { afterAll, beforeAll, describe, inject, test } from "vitest";
import { openTheatre, type Theatre } from "../laws/theatre.ts";
import { isSelected } from "../laws/select-laws.ts";
import type { Rehearsal } from "../laws/rehearsal.ts";
import type { Subject } from "../laws/subject.ts";
import { tryLaw } from "../laws/try-law.ts";
import { loadBinding } from "../laws/load-binding.ts";
import { renderWitness } from "../report/render-witness.ts";
import type { Verdict } from "../verdict/verdict.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The open servers and migrated templates of this run. */
    rehearsal: Rehearsal;
  }
  interface TaskMeta {
    law?: {
      readonly id: string;
      readonly claim: string;
      readonly verdict: Verdict;
      readonly kept?: string;
    };
  }
}

/**
 * Makes one test of each law of a subject that the binding binds and the run asks for. The test passes when the law
 * holds, is skipped with its reason when it was not run, and fails otherwise; the verdict itself goes to whoever
 * reports the run.
 */
export async function describeLaws<Part>(subject: Subject<Part>): Promise<void> {
  const rehearsal = inject("rehearsal");
  const binding =
    rehearsal.bindings === undefined ? undefined : await loadBinding(rehearsal.bindings);
  const part = subject.part(binding, rehearsal);
  if (part === undefined) {
    describe.skip(`${subject.name}: not bound`, () => {
      test("no functions of this subject are bound", () => {});
    });
    return;
  }
  const laws = subject.laws.filter(
    (law) => isSelected(law.id, rehearsal.laws) && (law.isBound?.(part) ?? true),
  );
  describe.skipIf(laws.length === 0)(subject.name, () => {
    let theatre: Theatre<Part>;
    beforeAll(async () => {
      theatre = await openTheatre(rehearsal, binding, part);
    });
    afterAll(async () => {
      await theatre[Symbol.asyncDispose]();
    });
    if (laws.length === 0) test("no law of this subject was asked for", () => {});
    for (const law of laws) {
      test(`${law.id}: ${law.claim}`, async ({ task, skip }) => {
        const { verdict, kept } = await theatre.stage(law, (stage) => tryLaw(law, stage));
        task.meta.law = {
          id: law.id,
          claim: law.claim,
          verdict,
          ...(kept === undefined ? {} : { kept }),
        };
        if (verdict.kind === "not-run") skip(verdict.reason);
        if (verdict.kind === "unknown") throw new Error(`${law.id}: unknown. ${verdict.reason}`);
        if (verdict.kind === "broken") throw new Error(renderWitness(law, verdict.witness));
      });
    }
  });
}
