import { upOf } from "./move.ts";
import { type MoveOptions, runMove } from "./run-move.ts";
import type { Revision } from "./revision.ts";
import type { SqlRunner } from "./sql-runner.ts";

export type ApplyOptions = MoveOptions;

/**
 * Runs a revision's up on a session that is in no transaction, statement by statement and in one transaction with its
 * row in the ledger: afterwards both are done or neither is. The first revision makes the ledger if there is none.
 *
 * A file that says `-- rehearsal: no-transaction` cannot have that: each statement stays done once it is done, the
 * ledger's row comes last, and a failure in between leaves a half for a person to finish.
 *
 * Throws {@link SqlFailure} when the server refuses a statement, `LEDGER_…` when the database is not where the
 * revision begins, and `MIGRATION_INTERRUPTED` when the connection is lost.
 */
export async function applyRevision(
  session: SqlRunner,
  revision: Revision,
  options: ApplyOptions = {},
): Promise<void> {
  await runMove(session, upOf(revision), options);
}
