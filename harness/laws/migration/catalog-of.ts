import type { CatalogSnapshot } from "../../catalog/catalog-snapshot.ts";
import { compareCatalogs, isEmptyDifference } from "../../catalog/compare-catalogs.ts";
import { readCatalog } from "../../catalog/read-catalog.ts";
import { renderDifference } from "../../catalog/render-difference.ts";
import type { Recorder } from "../../explore/recorder.ts";
import type { Tally } from "../../explore/stage.ts";
import { alembicLedger } from "../../migrations/ledger.ts";
import type { Database } from "../../postgres/database.ts";
import { createTypedPool } from "../../postgres/pool.ts";

/**
 * The whole catalog of a database, roles by their labels. The ledger is left out: the tool makes it with the first
 * revision, and it stays.
 */
export async function catalogOf({ tenancy, name }: Database): Promise<CatalogSnapshot> {
  const pool = await createTypedPool(
    { ...tenancy.address, database: name, ...tenancy.deployer },
    { maximumPoolSize: 1 },
  );
  const { deployer, roles } = tenancy;
  const labels = Object.entries({ deployer, ...roles }).map(([label, { role }]) => [role, label]);
  try {
    return withoutLedger(await readCatalog(pool, { roles: Object.fromEntries(labels) }));
  } finally {
    await pool.end();
  }
}

function withoutLedger(snapshot: CatalogSnapshot): CatalogSnapshot {
  const ofLedger = new Set([`table ${alembicLedger.schema}.${alembicLedger.table}`]);
  let known = 0;
  while (known < ofLedger.size) {
    known = ofLedger.size;
    for (const { name, of } of snapshot.objects)
      if (of !== null && ofLedger.has(of)) ofLedger.add(name);
  }
  return { ...snapshot, objects: snapshot.objects.filter(({ name }) => !ofLedger.has(name)) };
}

/**
 * Demands that two catalogs are equal by name. Answers what is the same by name and not in how rows are laid out, such
 * as the order of columns, for the evidence.
 */
export function demandSameCatalog(
  recorder: Recorder,
  tally: Tally,
  before: CatalogSnapshot,
  after: CatalogSnapshot,
  what: string,
): string | undefined {
  const difference = compareCatalogs(before, after);
  tally.count("comparisons", before.objects.length);
  recorder.demand(isEmptyDifference(difference), {
    expected: `${what} is what it was`,
    happened: `\n${renderDifference({ ...difference, physical: [] })}`,
  });
  const physical = difference.physical.filter(({ equality }) => equality === "physical");
  if (physical.length === 0) return undefined;
  const lines = renderDifference({ more: [], less: [], changed: [], physical });
  return `${what} is equal by name, and not in how rows are laid out: ${lines}`;
}
