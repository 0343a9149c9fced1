import { downOf } from "./move.ts";
import { type MoveOptions, runMove } from "./run-move.ts";
import type { Revision } from "./revision.ts";
import type { SqlRunner } from "./sql-runner.ts";

/**
 * Runs a revision's down, under the same terms as `applyRevision`, and sets the ledger back to the revision before.
 * After the first revision's down the ledger is there and empty.
 */
export async function revertRevision(
  session: SqlRunner,
  revision: Revision,
  options: MoveOptions = {},
): Promise<void> {
  await runMove(session, downOf(revision), options);
}
