/**
 * A set-up file of the law specs. The kit makes tests only of laws that were asked for; a team's own tests are laws by
 * their full names, and those that `--law` does not name are skipped here.
 */
import { beforeEach, inject } from "vitest";
import { isSelected } from "../laws/select-laws.ts";

beforeEach(({ task, skip }) => {
  const isOwn = task.meta.law === undefined;
  const { laws } = inject("rehearsal");
  if (isOwn && !isSelected(task.fullTestName ?? task.name, laws)) skip("not asked for by --law");
});
