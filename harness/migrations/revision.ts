import { createHash } from "node:crypto";
import { RehearsalError } from "../verdict/rehearsal-error.ts";

/** One migration of a folder, checked by `readMigrations`. */
export interface Revision {
  /** What the ledger holds when the database is at it: `NNN_name`. */
  readonly id: string;
  /** The id of the revision it stands on; null for the first of the folder. */
  readonly previousId: string | null;
  /** Where the SQL stands, as an error shows it: the folder as it was given, and the file's name. */
  readonly upFile: string;
  readonly upSql: string;
  /** False when the file says `-- rehearsal: no-transaction`: its statements then run one by one in autocommit. */
  readonly upTransactional: boolean;
  readonly downFile: string;
  readonly downSql: string;
  readonly downTransactional: boolean;
}

/** A revision and everything that a database must have seen before it. */
export interface Selection {
  readonly revision: Revision;
  /** What makes the baseline, in order; empty when the revision is the first. */
  readonly before: readonly Revision[];
}

/** The revision `to`, or the last. Throws `NO_SUCH_REVISION`, listing those that there are. */
export function selectRevision(revisions: readonly Revision[], to?: string): Selection {
  const at = to === undefined ? revisions.length - 1 : revisions.findIndex(({ id }) => id === to);
  const revision = revisions[at];
  if (revision === undefined) {
    const ids = revisions.map(({ id }) => `  ${id}`).join("\n");
    throw new RehearsalError(
      "NO_SUCH_REVISION",
      `There is no revision "${to ?? ""}". Those that there are:\n${ids}`,
    );
  }
  return { revision, before: revisions.slice(0, at) };
}

/** A sha256, in hex, of ids and exact text: equal only if the same SQL would run under the same names. */
export function migrationsHash(revisions: readonly Revision[]): string {
  const content = revisions.map(({ id, upSql, downSql }) => [id, upSql, downSql]);
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}
