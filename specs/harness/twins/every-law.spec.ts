/**
 * Goal: No law goes without a twin, so that each is known to notice something, and no twin without a law.
 * Method: The folder of twins against the laws of all subjects.
 */
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { apartSubject } from "../../../harness/laws/apart/apart-subject.ts";
import { archiveSubject } from "../../../harness/laws/archive/archive-subject.ts";
import { lockSubject } from "../../../harness/laws/lock/lock-subject.ts";
import { migrationSubject } from "../../../harness/laws/migration/migration-subject.ts";
import { outboxSubject } from "../../../harness/laws/outbox/outbox-subject.ts";
import { readTwins } from "../../../harness/laws/read-twins.ts";
import { replaySubject } from "../../../harness/laws/replay/replay-subject.ts";
import { isSelected } from "../../../harness/laws/select-laws.ts";

const laws = [
  lockSubject,
  replaySubject,
  archiveSubject,
  outboxSubject,
  apartSubject,
  migrationSubject,
].flatMap((subject) => subject.laws.map(({ id }) => id));
const twins = await readTwins("fixtures/m10/twins");

test("every law has a twin", () => {
  const without = laws.filter((id) => twins.every(({ law }) => law !== id));

  expect(without).toEqual([]);
});

test("every twin lies in the folder of its law, and the law is there", () => {
  const strayed = twins.filter(({ path, law }) => dirname(path) !== law || !laws.includes(law));

  expect(strayed.map(({ path }) => path)).toEqual([]);
});

test("what a twin also breaks is there, and is not its own law", () => {
  const unknown = twins.flatMap(({ path, law, alsoBreaks }) =>
    alsoBreaks
      .filter((pattern) => !laws.some((id) => id !== law && isSelected(id, [pattern])))
      .map((pattern) => `${path}: ${pattern}`),
  );

  expect(unknown).toEqual([]);
});
