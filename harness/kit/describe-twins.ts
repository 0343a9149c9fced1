import { afterAll, beforeAll, describe, inject, test } from "vitest";
import "./describe-laws.ts";
import { openTrials, type Trials } from "../laws/open-trials.ts";
import { readTwins, type StoredTwin } from "../laws/read-twins.ts";
import type { Subject } from "../laws/subject.ts";
import { lawsBrokenBeside, tryTwin } from "../laws/try-twin.ts";

/**
 * Makes two tests of each twin of a subject's laws in a folder: its own law notices it with every seed, and the laws
 * that it does not name hold. What needs a server that cannot be had is skipped with the reason.
 */
export async function describeTwins<Part>(subject: Subject<Part>, folder: string): Promise<void> {
  const all = await readTwins(folder);
  const twins = all.filter(({ law }) => law.startsWith(`${subject.name}.`));
  for (const twin of twins)
    describe(twin.path, () => {
      testTwin(subject, twin);
    });
}

/** As different as can be, and always the same: a twin that one of them misses is a law to make stronger. */
const seeds = [1, 20, 333, 4_000, 55_555] as const;

function testTwin<Part>(subject: Subject<Part>, twin: StoredTwin): void {
  const opened = new AsyncDisposableStack();
  let trials: Trials;
  beforeAll(async () => {
    const broken = opened.use(await twin.break(inject("rehearsal")));
    trials = opened.use(await openTrials(subject, broken.rehearsal));
  });
  afterAll(() => opened.disposeAsync());

  test("its law notices it", async ({ skip }) => {
    const verdict = await tryTwin(trials, twin, seeds);
    if (verdict.kind === "not-run") skip(verdict.reason);
    if (verdict.kind === "missed") throw new Error(verdict.because);
  });

  test("the laws that it does not name hold", async () => {
    const broken = await lawsBrokenBeside(trials, twin, seeds[0]);
    if (broken.length > 0) throw new Error(broken.join("\n\n"));
  });
}
