/**
 * Goal: the plan is the SQL that apply runs: psql runs the file to the same end, and refuses where apply would.
 * Method: on databases of one server, one brought to the revision by the harness and one by psql, catalogs and ledgers are
 * compared; both directions, and revisions that begin a ledger or run without a transaction.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, type TestContext } from "vitest";
import type { CatalogSnapshot } from "../../../harness/catalog/catalog-snapshot.ts";
import { compareCatalogs } from "../../../harness/catalog/compare-catalogs.ts";
import { readCatalogIn } from "../../../harness/catalog/read-catalog.ts";
import { renderDifference } from "../../../harness/catalog/render-difference.ts";
import { ProgramFailure, runProgram } from "../../../harness/host/start-process.ts";
import { applyRevision } from "../../../harness/migrations/apply-revision.ts";
import { alembicLedger, readLedger } from "../../../harness/migrations/ledger.ts";
import { downOf, type Move, upOf } from "../../../harness/migrations/move.ts";
import { planSql } from "../../../harness/migrations/plan-sql.ts";
import { readMigrations } from "../../../harness/migrations/read-migrations.ts";
import type { Revision } from "../../../harness/migrations/revision.ts";
import { look } from "../../../harness/production/look.ts";
import { openRun, type Run } from "../../../harness/verify/open-run.ts";
import { type Clients, findClients } from "./debian-clients.ts";
import { owner, type Production, stageProduction } from "./stage-production.ts";

const settings = { "m10.app_role": "m10_app", "m10.monitor_role": "m10_monitor" };
let run: Run;
let production: Production;
let clients: Clients | { readonly reason: string };
let folder: string;
let revisions: readonly Revision[];
beforeAll(async () => {
  run = await openRun();
  production = await stageProduction(run.folder, { rows: 100 });
  clients = await findClients(run.folder);
  folder = await mkdtemp(join(tmpdir(), "plan-spec-"));
  revisions = await readMigrations("sql");
});
afterAll(async () => {
  await production[Symbol.asyncDispose]();
  await run[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test("psql runs the plan to the end that apply comes to, up and down again", async (context) => {
  const psql = psqlOrSkip(context);
  const revision = at(1);
  const start = await stateOf();
  await using deployer = await production.enter(owner);
  await applyRevision(deployer, revision, { settings });
  const applied = await stateOf();
  await psql(downOf(revision));
  const undone = await stateOf();
  await psql(upOf(revision));
  const planned = await stateOf();

  expect(applied.id).toBe("022_m10_production_hardening");
  expect(differenceOf(start, undone)).toEqual({ ids: [start.id, start.id], catalog: "" });
  expect(differenceOf(applied, planned)).toEqual({ ids: [applied.id, applied.id], catalog: "" });
});

test("where the database is not where the plan begins, nothing of it is done", async (context) => {
  const psql = psqlOrSkip(context);
  const before = await stateOf();
  const elsewhere: Move = { ...upOf(at(1)), from: "020_elsewhere" };

  await expect(psql(elsewhere)).rejects.toThrow(
    /the ledger public\.alembic_version is not at 020_elsewhere/,
  );
  expect(differenceOf(before, await stateOf())).toEqual({
    ids: [before.id, before.id],
    catalog: "",
  });
});

test("a plan that begins the ledger, and one without a transaction", async (context) => {
  const psql = psqlOrSkip(context);
  await using admin = await production.enterAsAdmin();
  await admin.run("drop table public.alembic_version");
  const first: Move = { ...moveOf("create table public.one (id int);"), from: null, to: "001_one" };
  const second: Move = {
    ...moveOf("create index concurrently one_idx on public.one (id);"),
    transactional: false,
    from: "001_one",
    to: "002_two",
  };

  await psql(first);
  await psql(second);

  const { id, catalog } = await stateOf();
  expect(id).toBe("002_two");
  expect(catalog.objects.map(({ name }) => name)).toContain("index public.one_idx");
});

function moveOf(sql: string): Move {
  return { ...upOf(at(0)), sql, texts: [] };
}

function at(index: number): Revision {
  const revision = revisions[index];
  if (revision === undefined) throw new Error(`there is no revision ${index}`);
  return revision;
}

type Psql = (move: Move) => Promise<string>;

/** As the owner, in one transaction where the move has one. */
function psqlOrSkip({ skip }: TestContext): Psql {
  if ("reason" in clients) return skip(clients.reason);
  const { path } = clients;
  return async (move) => {
    const file = join(folder, "plan.sql");
    await writeFile(file, planSql(move, alembicLedger, { lock_timeout: "50ms", ...settings }));
    const once = move.transactional ? ["-1"] : [];
    const args = ["-X", "-q", ...once, "-f", file, production.url()];
    return await runProgram(run.folder, "psql", args, { env: { PATH: path } }).catch(
      (error: unknown) => {
        throw error instanceof ProgramFailure ? new Error(error.stderr) : error;
      },
    );
  };
}

interface State {
  readonly id: string | null;
  readonly catalog: CatalogSnapshot;
}

async function stateOf(): Promise<State> {
  await using session = await production.enter(owner, "spec");
  return await look(session, async (looker) => ({
    id: await readLedger(looker, alembicLedger),
    catalog: await readCatalogIn(looker),
  }));
}

function differenceOf(one: State, other: State) {
  const difference = { ...compareCatalogs(one.catalog, other.catalog), physical: [] };
  return { ids: [one.id, other.id], catalog: renderDifference(difference) };
}
