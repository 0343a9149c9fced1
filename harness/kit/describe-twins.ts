import { afterAll, beforeAll, describe, inject, test } from "vitest";
import "./describe-laws.ts";
import { openTrials, type Trials } from "../laws/open-trials.ts";
import { readTwins, type StoredTwin } from "../laws/read-twins.ts";
import type { Subject } from "../laws/subject.ts";
import { lawsBrokenBeside, tryTwin } from "../laws/try-twin.ts";

/**
 * Makes two tests of each twin of a subject's laws in a folder: its own law notices it with every seed, and laws that
 * it does not name hold. Of those it meets every sixth, the next twin the next ones: six twins have met all between them.
 * What needs a server that cannot be had is skipped with the reason.
 */
export async function describeTwins<Part>(subject: Subject<Part>, folder: string): Promise<void> {
  const all = await readTwins(folder);
  const twins = all.filter(({ law }) => law.startsWith(`${subject.name}.`));
  for (const [place, twin] of twins.entries())
    describe(twin.path, () => {
      testTwin(subject, twin, place);
    });
}

/** As different as can be, and always the same: a twin that one of them misses is a law to make stronger. */
const seeds = [1, 20, 333, 4_000, 55_555] as const;

function testTwin<Part>(subject: Subject<Part>, twin: StoredTwin, place: number): void {
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

  test("laws that it does not name hold", async () => {
    const met = trials.laws.filter((_, at) => (at + place) % 6 === 0).map(({ id }) => id);
    const broken = await lawsBrokenBeside(trials, twin, { laws: met, seed: seeds[0] });
    if (broken.length > 0) throw new Error(broken.join("\n\n"));
  });
}
