import { randomBytes } from "node:crypto";
import type { CatalogSnapshot } from "../../catalog/catalog-snapshot.ts";
import { alembicLedger } from "../../migrations/ledger.ts";
import { downOf, type Move, upOf } from "../../migrations/move.ts";
import { readMigrations } from "../../migrations/read-migrations.ts";
import { type Selection, selectRevision } from "../../migrations/revision.ts";
import { createDatabase, type Database, databaseName } from "../../postgres/database.ts";
import type { Binding } from "../binding.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { catalogOf } from "./catalog-of.ts";
import type { MigrationBinding } from "./migration-binding.ts";

/** What the laws of a migration are tried on. */
export interface MigrationPart {
  /** The revision under test and those before it, read once. */
  selection(): Promise<Selection>;
  /** The revision's way up and back, taken apart once. */
  moves(): Promise<Moves>;
  /** What the binding says the revision is meant to do; nothing where it says nothing. */
  readonly meant: MigrationBinding | undefined;
  /** Settings by which the migrations learn their roles' names. */
  readonly settings: Readonly<Record<string, string>>;
  /** What the application's role was lent because it could do nothing by itself. */
  readonly lent: string | undefined;
  /** The catalog at the revision before, read once. */
  catalogBefore(): Promise<CatalogSnapshot>;
  /** The catalog after the first up, read once. */
  catalogAfter(): Promise<CatalogSnapshot>;
  /** A database at the revision before, for the caller to dispose. */
  openBaseline(): Promise<Database>;
  /** A database at the revision itself, for the caller to dispose. */
  openTarget(): Promise<Database>;
}

interface Moves {
  readonly up: Move;
  readonly down: Move;
}

export function migrationPart(binding: Binding | undefined, rehearsal: Rehearsal): MigrationPart {
  const { migrations, settings, tenancy, templates, lent } = rehearsal;
  let selected: Promise<Selection> | undefined;
  const selection = (): Promise<Selection> =>
    (selected ??= readMigrations(migrations.folder).then((revisions) =>
      selectRevision(revisions, migrations.to),
    ));
  let moves: Promise<Moves> | undefined;
  const clone = (template: string): Promise<Database> => {
    const name = databaseName(tenancy, `b${randomBytes(4).toString("hex")}`);
    return createDatabase(tenancy, name, template, { keepRowsOf: [ledgerTable] });
  };
  const catalogAt = (template: string): (() => Promise<CatalogSnapshot>) => {
    let catalog: Promise<CatalogSnapshot> | undefined;
    const read = async (): Promise<CatalogSnapshot> => {
      await using database = await clone(template);
      return await catalogOf(database);
    };
    return () => (catalog ??= read());
  };
  return {
    selection,
    moves: () =>
      (moves ??= selection().then(({ revision }) => ({
        up: upOf(revision),
        down: downOf(revision),
      }))),
    meant: binding?.migration,
    settings,
    lent,
    catalogBefore: catalogAt(templates.baseline),
    catalogAfter: catalogAt(templates.target),
    openBaseline: () => clone(templates.baseline),
    openTarget: () => clone(templates.target),
  };
}

const ledgerTable = `${alembicLedger.schema}.${alembicLedger.table}`;
