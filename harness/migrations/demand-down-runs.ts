import { createDatabase, databaseName } from "../postgres/database.ts";
import type { Tenancy } from "../postgres/tenancy.ts";
import { SqlFailure } from "../source/sql-failure.ts";
import type { ApplyOptions } from "./apply-revision.ts";
import type { Templates } from "./build-templates.ts";
import { revertRevision } from "./revert-revision.ts";
import type { Revision } from "./revision.ts";

/**
 * Runs a revision's down once, on a throwaway clone. Fails with the SQL error if the file is wrong in itself, as when it
 * names what is not there; whatever else it refuses is for laws to judge. The clone is dropped either way.
 */
export async function demandDownRuns(
  tenancy: Tenancy,
  { target }: Templates,
  revision: Revision,
  options: ApplyOptions,
): Promise<void> {
  await using database = await createDatabase(tenancy, databaseName(tenancy, "down"), target);
  await using deployer = await database.connect({ name: "deployer", role: "deployer" });
  try {
    await revertRevision(deployer, revision, options);
  } catch (error) {
    if (error instanceof SqlFailure && isWrongInItself(error.sqlstate)) throw error;
  }
}

/** Class 42, syntax error or access rule violation, but for a privilege that is missing. */
function isWrongInItself(sqlstate: string): boolean {
  return sqlstate.startsWith("42") && sqlstate !== "42501";
}
