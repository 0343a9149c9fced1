import { afterAll, describe, inject, test } from "vitest";
import { createTally } from "../explore/stage.ts";
import type { Law } from "../laws/law.ts";
import { loadBinding } from "../laws/load-binding.ts";
import type { Rehearsal } from "../laws/rehearsal.ts";
import { isSelected } from "../laws/select-laws.ts";
import type { Subject } from "../laws/subject.ts";
import { openTheatre, type Theatre } from "../laws/theatre.ts";
import type { TriedLaw } from "../laws/tried-law.ts";
import { tryLaw } from "../laws/try-law.ts";
import { renderWitness } from "../report/render-witness.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The open servers and migrated templates of this run. */
    rehearsal: Rehearsal;
  }
  interface TaskMeta {
    law?: TriedLaw;
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
  if (part === undefined) return;
  const laws = subject.laws.filter(
    (law) => isSelected(law.id, rehearsal.laws) && (law.isBound?.(part) ?? true),
  );
  if (laws.length === 0) return;
  const theatre = openTheatre(rehearsal, binding, part);
  describe(subject.name, () => {
    afterAll(() => theatre[Symbol.asyncDispose]());
    for (const law of laws) testLaw(law, subject.laws.indexOf(law), rehearsal, theatre);
  });
}

function testLaw<Part>(
  law: Law<Part>,
  place: number,
  rehearsal: Rehearsal,
  theatre: Theatre<Part>,
): void {
  const { id, claim } = law;
  const evidence = createTally(law.situations).evidence(rehearsal.seed);
  const reason = "the trial was cut short";
  const cutShort: TriedLaw = { id, claim, place, verdict: { kind: "unknown", evidence, reason } };
  test(`${id}: ${claim}`, { meta: { law: cutShort } }, async ({ task, skip }) => {
    const tried = await theatre.stage(law, (stage) => tryLaw(law, stage));
    task.meta.law = { id, claim, place, ...tried };
    const { verdict } = tried;
    if (verdict.kind === "not-run") skip(verdict.reason);
    if (verdict.kind === "unknown") throw new Error(`${id}: unknown. ${verdict.reason}`);
    if (verdict.kind === "broken") throw new Error(renderWitness(law, verdict.witness));
  });
}
