import { createDatabase, type Database, type DatabaseOptions } from "../postgres/database.ts";
import { databaseName } from "../postgres/database.ts";
import type { Tenancy } from "../postgres/tenancy.ts";
import { applyRevision, type ApplyOptions } from "./apply-revision.ts";
import { migrationsHash, type Selection } from "./revision.ts";

export interface Templates {
  /** A database at the revision before the one under test. */
  readonly baseline: string;
  /** A database at the revision under test. */
  readonly target: string;
}

/**
 * Makes the two databases that all clones of a selection are made from, named by what built them: the SQL of the
 * revisions. Roles and server are the tenancy's, so they need not be in the name. Fails with the SQL error of the
 * first statement that fails; a half-built template is dropped.
 */
export async function buildTemplates(
  tenancy: Tenancy,
  { before, revision }: Selection,
  options: ApplyOptions,
): Promise<Templates> {
  const baseline = templateName(tenancy, migrationsHash(before));
  const target = templateName(tenancy, migrationsHash([...before, revision]));
  await build(tenancy, baseline, "template0", async (database) => {
    await using deployer = await database.connect({ name: "deployer", role: "deployer" });
    for (const each of before) await applyRevision(deployer, each, options);
  });
  await build(tenancy, target, baseline, async (database) => {
    await using deployer = await database.connect({ name: "deployer", role: "deployer" });
    await applyRevision(deployer, revision, options);
  });
  return { baseline, target };
}

function templateName(tenancy: Tenancy, hash: string): string {
  return databaseName(tenancy, `t${hash.slice(0, 12)}`);
}

async function build(
  tenancy: Tenancy,
  name: string,
  template: string,
  fill: (database: Database) => Promise<void>,
  options: DatabaseOptions = {},
): Promise<void> {
  const database = await createDatabase(tenancy, name, template, options);
  try {
    await fill(database);
    database.keep();
  } finally {
    await database[Symbol.asyncDispose]();
  }
}
