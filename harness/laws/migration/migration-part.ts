import { randomBytes } from "node:crypto";
import type { CatalogSnapshot } from "../../catalog/catalog-snapshot.ts";
import { compareCatalogs, isEmptyDifference } from "../../catalog/compare-catalogs.ts";
import { readCatalog } from "../../catalog/read-catalog.ts";
import { renderDifference } from "../../catalog/render-difference.ts";
import type { Recorder } from "../../explore/recorder.ts";
import type { Stage } from "../../explore/stage.ts";
import { applyRevision } from "../../migrations/apply-revision.ts";
import { readMigrations } from "../../migrations/read-migrations.ts";
import { revertRevision } from "../../migrations/revert-revision.ts";
import { type Selection, selectRevision } from "../../migrations/revision.ts";
import { createDatabase, type Database, databaseName } from "../../postgres/database.ts";
import { createTypedPool } from "../../postgres/pool.ts";
import type { Tenancy } from "../../postgres/tenancy.ts";
import { SqlFailure } from "../../source/sql-failure.ts";
import type { Binding } from "../binding.ts";
import type { Rehearsal } from "../rehearsal.ts";
import type { MigrationBinding } from "./migration-binding.ts";

/** What the laws of a migration are tried on. */
export interface MigrationPart {
  /** The revision under test and those before it. */
  selection(): Promise<Selection>;
  /** What the binding says the revision is meant to do; nothing where it says nothing. */
  readonly meant: MigrationBinding | undefined;
  /** Settings by which the migrations learn their roles' names. */
  readonly settings: Readonly<Record<string, string>>;
  /** What the application's role was lent because it could do nothing by itself. */
  readonly lent: string | undefined;
  /** A database at the revision before, for the caller to dispose. */
  openBaseline(): Promise<Database>;
  /** A database at the revision itself, for the caller to dispose. */
  openTarget(): Promise<Database>;
}

export function migrationPart(binding: Binding | undefined, rehearsal: Rehearsal): MigrationPart {
  const { migrations, settings, tenancy, templates, lent } = rehearsal;
  return {
    selection: async () => selectRevision(await readMigrations(migrations.folder), migrations.to),
    meant: binding?.migration,
    settings,
    lent,
    openBaseline: () => clone(tenancy, templates.baseline),
    openTarget: () => clone(tenancy, templates.target),
  };
}

function clone(tenancy: Tenancy, template: string): Promise<Database> {
  const name = databaseName(tenancy, `b${randomBytes(4).toString("hex")}`);
  return createDatabase(tenancy, name, template);
}

/** `done`, or what the server said when it refused. */
export type Outcome = string;

/** Carries the revision out and back in one database, as the role that does so in production. */
export interface Operator {
  up(): Promise<Outcome>;
  /** With other settings than those that tell the roles' names, which down must not need. */
  down(settings?: Readonly<Record<string, string>>): Promise<Outcome>;
}

export async function operatorOf(
  { binding }: Stage<MigrationPart>,
  database: Database,
  recorder: Recorder,
): Promise<Operator> {
  const { revision } = await binding.selection();
  const carryOut = async (what: string, move: () => Promise<void>): Promise<Outcome> => {
    const tell = recorder.begin("deployer", what);
    const outcome = await outcomeOf(move);
    tell(outcome);
    return outcome;
  };
  return {
    up: () =>
      carryOut(`applies ${revision.id}`, async () => {
        await using deployer = await database.connect({ name: "deployer", role: "deployer" });
        await applyRevision(deployer, revision, { settings: binding.settings });
      }),
    down: (settings = {}) =>
      carryOut(`reverts ${revision.id}`, async () => {
        await using deployer = await database.connect({ name: "deployer", role: "deployer" });
        await revertRevision(deployer, revision, { settings, lockTimeoutMs: 2000 });
      }),
  };
}

async function outcomeOf(move: () => Promise<void>): Promise<Outcome> {
  try {
    await move();
    return "done";
  } catch (error) {
    if (!(error instanceof SqlFailure)) throw error;
    const { sqlstate, serverMessage, hint } = error;
    const place = error.line === undefined ? "" : ` (line ${error.line})`;
    return `error ${sqlstate}: ${serverMessage}${place}${hint === undefined ? "" : ` Hint: ${hint}`}`;
  }
}

/** Makes the rows that stand before the revision arrives, if the binding names any. */
export async function fillBaseline(
  { binding }: Stage<MigrationPart>,
  database: Database,
  recorder: Recorder,
): Promise<void> {
  await using deployer = await database.connect({ name: "deployer", role: "deployer" });
  for (const statement of binding.meant?.startingRows ?? []) {
    const tell = recorder.begin("deployer", statement);
    await deployer.run(statement);
    tell("");
  }
}

/** The whole catalog of a database as its owner sees it. */
export async function catalogOf(database: Database): Promise<CatalogSnapshot> {
  const { tenancy, name } = database;
  const { host, port } = tenancy.address;
  const pool = await createTypedPool(
    { host, port, database: name, ...tenancy.deployer },
    { maximumPoolSize: 1 },
  );
  try {
    return await readCatalog(pool);
  } finally {
    await pool.end();
  }
}

/** Demands that two catalogs are equal by name; answers what is the same by name and not underneath, as lines. */
export function demandSameCatalog(
  recorder: Recorder,
  { tally }: Stage<MigrationPart>,
  before: CatalogSnapshot,
  after: CatalogSnapshot,
  what: string,
): string {
  const difference = compareCatalogs(before, after);
  tally.count("comparisons", before.objects.length);
  recorder.demand(isEmptyDifference(difference), {
    expected: `${what} is what it was`,
    happened: `\n${renderDifference({ ...difference, physical: [] })}`,
  });
  return renderDifference(difference);
}
