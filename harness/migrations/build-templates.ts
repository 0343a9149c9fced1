import { createDatabase, databaseName } from "../postgres/database.ts";
import type { Tenancy } from "../postgres/tenancy.ts";
import { applyRevision, type ApplyOptions } from "./apply-revision.ts";
import { alembicLedger, createLedger } from "./ledger.ts";
import { migrationsHash, type Revision, type Selection } from "./revision.ts";

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
  const baseline = templateName(tenancy, before);
  const target = templateName(tenancy, [...before, revision]);
  await buildTemplate(tenancy, { name: baseline, from: "template0", revisions: before }, options);
  await buildTemplate(tenancy, { name: target, from: baseline, revisions: [revision] }, options);
  return { baseline, target };
}

/** A database that stays, made from another one by applying revisions to it; dropped again if one of them fails. */
export async function buildTemplate(
  tenancy: Tenancy,
  { name, from, revisions }: TemplatePlan,
  options: ApplyOptions,
): Promise<void> {
  await using database = await createDatabase(tenancy, name, from);
  await using deployer = await database.connect({ name: "deployer", role: "deployer" });
  // The first revision would make it, and its down leaves it: what a revision is judged by is the rest.
  await createLedger(deployer, options.ledger ?? alembicLedger);
  for (const revision of revisions) await applyRevision(deployer, revision, options);
  database.keep();
}

interface TemplatePlan {
  readonly name: string;
  readonly from: string;
  readonly revisions: readonly Revision[];
}

function templateName(tenancy: Tenancy, revisions: readonly Revision[]): string {
  return databaseName(tenancy, `t${migrationsHash(revisions).slice(0, 12)}`);
}
