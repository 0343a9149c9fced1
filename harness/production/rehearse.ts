import type { CatalogSnapshot } from "../catalog/catalog-snapshot.ts";
import { readCatalogIn } from "../catalog/read-catalog.ts";
import type { Binding } from "../laws/binding.ts";
import { prepareServer } from "../laws/prepare-server.ts";
import { applyRevision } from "../migrations/apply-revision.ts";
import { alembicLedger, createLedger } from "../migrations/ledger.ts";
import type { Selection } from "../migrations/revision.ts";
import { revertRevision } from "../migrations/revert-revision.ts";
import { traceMove, type TracedStep } from "../migrations/trace-move.ts";
import { createDatabase, type Database, databaseName, openDatabase } from "../postgres/database.ts";
import { openPostgres } from "../postgres/open-postgres.ts";
import { type Major, supportedMajors } from "../postgres/postgres-choice.ts";
import type { Session } from "../postgres/session.ts";
import type { Run } from "../verify/open-run.ts";
import { look, lookSettings } from "./look.ts";
import { readServerFacts, type ServerFacts } from "./server-facts.ts";

/** What a revision does to a server of production's major, seen on one of the run's own. Roles bear production's names. */
export interface Rehearsed {
  /** The server's version, such as `18.4`. */
  readonly version: string;
  readonly facts: ServerFacts;
  /** Before the first revision, but for the ledger. */
  readonly empty: CatalogSnapshot;
  readonly baseline: CatalogSnapshot;
  readonly target: CatalogSnapshot;
  readonly up: readonly TracedStep[];
  readonly down: readonly TracedStep[];
}

export interface RehearsalOrder {
  readonly selection: Selection;
  readonly binding: Binding | undefined;
  readonly major: number;
  /** What production calls the role that owns, and the binding's roles by label. */
  readonly owner: string;
  readonly roles: Readonly<Record<string, string>>;
}

/**
 * Runs the revision up and down on an embedded server of that major and reads the catalog at each place. Fails with the
 * SQL error of a migration, or as opening a server does; the server is taken away.
 */
export async function rehearse(run: Run, order: RehearsalOrder): Promise<Rehearsed> {
  await using server = await openPostgres(
    { kind: "embedded", major: majorOf(order.major) },
    run.folder,
  );
  const { tenancy, templates, settings } = await prepareServer(server.address, {
    runId: run.folder.runId,
    selection: order.selection,
    binding: order.binding,
    roleNames: order.roles,
  });
  const names = { [tenancy.deployer.role]: order.owner };
  const read = async (database: Database): Promise<CatalogSnapshot> => {
    await using session = await enter(database, "catalog", lookSettings);
    return await look(session, (looker) => readCatalogIn(looker, { roles: names }));
  };
  await using empty = await createDatabase(tenancy, databaseName(tenancy, "empty"), "template0");
  await using clone = await createDatabase(
    tenancy,
    databaseName(tenancy, "traced"),
    templates.baseline,
  );
  await using mover = await enter(clone, "deployer");
  await using observer = await enter(clone, "observer");
  await using first = await enter(empty, "deployer");
  await createLedger(first, alembicLedger);
  const { revision } = order.selection;
  const up = await traceMove(observer, mover);
  await applyRevision(mover, revision, { settings, around: up.around });
  const down = await traceMove(observer, mover);
  const target = await read(openDatabase(tenancy, templates.target));
  await revertRevision(mover, revision, { settings, around: down.around });
  return {
    version: server.address.version,
    facts: await look(observer, readServerFacts),
    empty: await read(empty),
    baseline: await read(openDatabase(tenancy, templates.baseline)),
    target,
    up: up.steps(),
    down: down.steps(),
  };
}

/** A major that the harness has binaries for: the target was demanded to have one. */
function majorOf(major: number): Major {
  const found = supportedMajors.find((each) => each === major);
  if (found === undefined) throw new Error(`there is no embedded PostgreSQL ${major}`);
  return found;
}

function enter(
  database: Database,
  name: string,
  settings?: Readonly<Record<string, string>>,
): Promise<Session> {
  return database.connect({
    name,
    role: "deployer",
    ...(settings === undefined ? {} : { settings }),
  });
}
