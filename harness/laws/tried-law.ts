import type { Verdict } from "../verdict/verdict.ts";

/** A law as it ended: what the kit hands to whoever reports the run. */
export interface TriedLaw {
  readonly id: string;
  readonly claim: string;
  readonly verdict: Verdict;
  /** URL of the database that was kept. */
  readonly kept?: string;
  /** Where it stands among the laws of its subject; what is no law of the kit's has no place. */
  readonly place?: number;
}

/** In the order of reports: subject by subject, and what teams bring themselves last. */
export function inReportOrder(one: TriedLaw, other: TriedLaw): number {
  return subjectPlace(one) - subjectPlace(other) || (one.place ?? 0) - (other.place ?? 0);
}

const subjects: readonly string[] = ["migration", "lock", "replay", "archive", "outbox", "apart"];

function subjectPlace({ id, place }: TriedLaw): number {
  const index = subjects.findIndex((subject) => id.startsWith(`${subject}.`));
  return place === undefined || index === -1 ? subjects.length : index;
}
