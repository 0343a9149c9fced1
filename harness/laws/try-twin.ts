import { isDeepStrictEqual } from "node:util";
import { renderWitness } from "../report/render-witness.ts";
import type { Witness } from "../verdict/verdict.ts";
import type { TrialEnd, Trials } from "./open-trials.ts";
import type { StoredTwin } from "./read-twins.ts";
import { isSelected } from "./select-laws.ts";

/** Whether a twin does what it is for; if not, why, in words for whoever wrote it or its law. */
export type TwinVerdict =
  | { readonly kind: "caught" }
  | { readonly kind: "missed"; readonly because: string }
  | { readonly kind: "not-run"; readonly reason: string };

/**
 * Tries a twin's law on what the twin broke, at default effort. It is caught if the law is broken with every seed, each
 * time with a witness that shows a wrong answer or state, and the first seed shows the same again. What shows the same
 * again, and found it before it asked for its seed, does so with every seed: the others are left out. Where the law's
 * programs must find it, they are run alone: they know no seed, and the schedule that they show it by is run again.
 */
export async function tryTwin(
  trials: Trials,
  twin: StoredTwin,
  seeds: readonly number[],
): Promise<TwinVerdict> {
  if (twin.byPrograms) {
    const complaint = await complaintAboutPrograms(trials, twin);
    return complaint === undefined
      ? { kind: "caught" }
      : missedBy(twin, `by its programs alone, ${complaint}`);
  }
  for (const [at, seed] of seeds.entries()) {
    const tried = await trials.try(twin.law, { effort: "default", seed });
    if (tried.verdict.kind === "not-run") return tried.verdict;
    const complaint = complaintAbout(tried);
    if (complaint !== undefined) return missedBy(twin, `with seed ${seed}, ${complaint}`);
    const witness = witnessOf(tried);
    if (at > 0 || witness?.repeatable !== true) continue;
    const again = await trials.try(twin.law, { effort: "default", seed });
    if (!isDeepStrictEqual(witnessOf(again), witness) && !areDeadlocks(witnessOf(again), witness)) {
      const both = `${tell(tried)}\n\nand the same seed again: ${tell(again)}`;
      return missedBy(twin, `with seed ${seed}, ${both}`);
    }
    if (!tried.askedForSeed && !again.askedForSeed) break;
  }
  return { kind: "caught" };
}

function missedBy({ path, what }: StoredTwin, why: string): TwinVerdict {
  return { kind: "missed", because: `${path}, "${what}": ${why}` };
}

async function complaintAboutPrograms(
  trials: Trials,
  { law }: StoredTwin,
): Promise<string | undefined> {
  const tried = await trials.try(law, { effort: "default", seed: 1, programsOnly: true });
  const complaint = complaintAbout(tried);
  const witness = witnessOf(tried);
  if (complaint !== undefined || witness === undefined) return complaint;
  const isDeadlock = areDeadlocks(witness);
  if (!witness.repeatable && !isDeadlock) return `it does not repeat: ${tell(tried)}`;
  if (witness.schedule === undefined) return `it is no schedule that shows it: ${tell(tried)}`;
  for (let time = 1; time <= (isDeadlock ? mostDeadlocks : 1); time += 1) {
    const replayed = await trials.replay(law, witness.schedule.recorded);
    const again = replayed?.kind === "broken" ? replayed.witness : undefined;
    if (again?.happened === witness.happened || areDeadlocks(again, witness)) return undefined;
  }
  return `its schedule, run again, does not show it: ${tell(tried)}`;
}

/** A function may keep to itself that it was the one who was told, so that only every other time there is anything to see. */
const mostDeadlocks = 10;

/** Of sessions that wait for one another, who is told so depends on when the server looks. */
function areDeadlocks(...witnesses: readonly (Witness | undefined)[]): boolean {
  return witnesses.every((each) => each?.happened.includes(deadlock) === true);
}

const deadlock = "error 40P01";

/** Those of `laws` that neither are the twin's own nor are named by it, and yet do not hold at quick effort, each told. */
export async function lawsBrokenBeside(
  trials: Trials,
  twin: StoredTwin,
  { laws, seed }: { readonly laws: readonly string[]; readonly seed: number },
): Promise<string[]> {
  const told: string[] = [];
  for (const id of laws) {
    if (isSelected(id, [twin.law, ...twin.alsoBreaks])) continue;
    const tried = await trials.try(id, { effort: "quick", seed });
    if (tried.verdict.kind === "broken" || tried.verdict.kind === "unknown")
      told.push(`${twin.path}, "${twin.what}", does not name what else it breaks: ${tell(tried)}`);
  }
  return told;
}

/** Laws about errors: there, an error that is wrong or missing is what the twin is to show. */
const aboutErrors = [
  "*.input",
  "archive.nothing-discarded",
  "archive.any-payload",
  "migration.*",
] as const;

function complaintAbout(tried: TrialEnd): string | undefined {
  const witness = witnessOf(tried);
  if (witness === undefined) return tell(tried);
  if (isMerelyError(witness) && !isSelected(tried.law.id, aboutErrors))
    return `there is an error and no wrong answer or state: ${tell(tried)}`;
  if (witness.steps.length === 0) return `there are no steps: ${tell(tried)}`;
  return undefined;
}

function witnessOf({ verdict }: TrialEnd): Witness | undefined {
  return verdict.kind === "broken" ? verdict.witness : undefined;
}

/** Whether nothing but an SQL error came where an answer was due. */
function isMerelyError({ happened }: Witness): boolean {
  return /^[^[{]*\berror [0-9A-Z]{5}\b/.test(happened);
}

function tell({ law, verdict }: TrialEnd): string {
  switch (verdict.kind) {
    case "broken":
      return `broken is ${renderWitness(law, verdict.witness)}`;
    case "holds": {
      const { runs, schedules, raced, faults, comparisons } = verdict.evidence;
      return (
        `${law.id} holds in ${runs} runs, ${schedules} schedules, ${raced} raced calls, ` +
        `${faults} faults and ${comparisons} comparisons`
      );
    }
    default:
      return `${law.id} is ${verdict.kind}. ${verdict.reason}`;
  }
}
