/**
 * Goal: Reports list laws in the same order, whichever worker was faster.
 * Method: Laws of several subjects, and of a team's own, are sorted from a shuffled list.
 */
import { expect, test } from "vitest";
import { inReportOrder, type TriedLaw } from "../../../harness/laws/tried-law.ts";

test("subject by subject, within one in its own order, and a team's own last as they ended", () => {
  const laws = [
    law("payments > total"),
    law("outbox.retry", 3),
    law("lock.live", 1),
    law("lock.own words"),
    law("lock.exclusive", 0),
    law("migration.applies", 0),
  ];

  expect(laws.toSorted(inReportOrder).map(({ id }) => id)).toEqual([
    "migration.applies",
    "lock.exclusive",
    "lock.live",
    "outbox.retry",
    "payments > total",
    "lock.own words",
  ]);
});

function law(id: string, place?: number): TriedLaw {
  const verdict = { kind: "not-run", reason: "" } as const;
  return { id, claim: "", verdict, ...(place === undefined ? {} : { place }) };
}
