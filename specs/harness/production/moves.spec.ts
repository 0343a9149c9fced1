/**
 * Goal: apply and rollback leave a database where the revision leads or where it began, and say which, whatever gets in
 * the way: another deployer, a lock that is not free, a connection that is cut at any step, a server that is killed.
 * Method: `carryOut` on a staged production; what gets in the way is planted around the steps of the real move, and the
 * catalog and the ledger are read afterwards by somebody else.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readCatalogIn } from "../../../harness/catalog/read-catalog.ts";
import type { CatalogSnapshot } from "../../../harness/catalog/catalog-snapshot.ts";
import { compareCatalogs, isEmptyDifference } from "../../../harness/catalog/compare-catalogs.ts";
import { applyRevision } from "../../../harness/migrations/apply-revision.ts";
import { alembicLedger, claimLedger, readLedger } from "../../../harness/migrations/ledger.ts";
import { downOf, type Move, upOf } from "../../../harness/migrations/move.ts";
import { revertRevision } from "../../../harness/migrations/revert-revision.ts";
import type { MoveOptions } from "../../../harness/migrations/run-move.ts";
import type { Step } from "../../../harness/migrations/step.ts";
import type { Session } from "../../../harness/postgres/session.ts";
import { type CarriedOut, carryOut } from "../../../harness/production/move/carry-out.ts";
import type { Errand } from "../../../harness/production/errand.ts";
import { look } from "../../../harness/production/look.ts";
import { openRun, type Run } from "../../../harness/verify/open-run.ts";
import { openErrand } from "./open-errand.ts";
import { rememberOutput } from "./remember-output.ts";
import { owner, type Production, stageProduction } from "./stage-production.ts";

const from = "021_m10_durable_queue_fallback";
const to = "022_m10_production_hardening";

let run: Run;
let production: Production;
let errand: Errand;
beforeAll(async () => {
  run = await openRun();
  production = await stageProduction(run.folder, { rows: 1000 });
  errand = await openErrand(production.url());
});
afterAll(async () => {
  await production[Symbol.asyncDispose]();
  await run[Symbol.asyncDispose]();
});

interface State {
  readonly id: string | null;
  readonly catalog: CatalogSnapshot;
}

describe.each([
  { name: "apply", begins: from, leads: to },
  { name: "rollback", begins: to, leads: from },
])("$name", ({ name, begins, leads }) => {
  let before: State;
  let move: Move;
  beforeEach(async () => {
    await bringTo(begins);
    before = await stateNow();
    const { revision } = errand.selection;
    move = name === "apply" ? upOf(revision) : downOf(revision);
  });
  afterEach(() => bringTo(from));

  test("leads where it should, and says so", async () => {
    const { finding, facts } = await carry();

    expect(finding).toMatchObject({
      verdict: "go",
      says: expect.stringContaining(`at ${leads} now`),
    });
    expect(facts).toMatchObject({ tries: "1", "lock timeout": "50 ms" });
    expect((await stateNow()).id).toBe(leads);
  });

  test("another deployer keeps it from beginning", async () => {
    await using other = await production.enter(owner, "other deployer");
    await claimLedger(other, alembicLedger);

    const { finding } = await carry();

    expect(finding.verdict).toBe("no-go");
    expect(finding.says).toContain("another deployer is at work");
    await expectAsBefore();
  });

  test("a lock that is never free is asked for a bounded number of times", async () => {
    await using reader = await production.enter(owner, "long reader");
    await reader.run("begin; select * from public.alembic_version for update");

    const { finding, facts } = await carry();

    expect(finding.verdict).toBe("no-go");
    expect(finding.says).toContain("not made after 3 tries");
    expect(facts).toMatchObject({ tries: "3" });
    await reader.run("rollback");
    await expectAsBefore();
  });

  test("a lock that becomes free is had at a later try", async () => {
    await using reader = await production.enter(owner, "reader");
    await reader.run("begin; select * from public.alembic_version for update");
    const output = rememberOutput();
    const freed = Promise.withResolvers<void>();
    const ends = freed.promise.then(() => reader.run("rollback"));

    const { finding } = await carry({
      output: { ...output, line: (text) => (freed.resolve(), output.line(text)) },
    });
    await ends;

    expect(finding).toMatchObject({ verdict: "go", says: expect.stringMatching(/at try [23]$/) });
    expect(output.text()).toContain("a lock was not free for 50 ms; try 2 of 3 in 0.25 s");
    expect((await stateNow()).id).toBe(leads);
  });

  test("a connection that is cut before any step leaves what the ledger says", async () => {
    let takenBack = 0;
    for (let at = 0; at <= move.texts.length + 1; at += 1) {
      const { finding } = await carry({
        around: async ({ index }, session, send) => {
          if (index === at) session.drop();
          await send();
        },
      });

      const id = await ledgerNow();
      expect(finding.says).toMatch(id === leads ? /that it was made/ : /that it was taken back/);
      expect(finding.verdict).toBe(id === leads ? "go" : "no-go");
      if (id === begins) takenBack += 1;
      else await bringTo(begins);
    }
    expect(takenBack).toBeGreaterThan(move.texts.length);
    await expectAsBefore();
  });

  test("a connection that is cut while the commit is on its way is resolved by the ledger", async () => {
    const { finding } = await carry({
      around: async ({ kind }, session, send) => {
        if (kind !== "commit") return await send();
        const sent = send();
        session.drop();
        await sent;
      },
    });

    const { id } = await stateNow();
    expect([begins, leads]).toContain(id);
    expect(finding.says).toMatch(id === leads ? /that it was made/ : /that it was taken back/);
  });

  test("a server that is killed half way took it back, and is asked when it is there again", async () => {
    let restarted: Promise<void> | undefined;
    const { finding } = await carry({
      around: async ({ index }, _, send) => {
        if (index !== 12) return await send();
        restarted = production.server.kill().then(() => production.server.start());
        await send();
      },
    });
    await restarted;

    expect(finding.says).toContain("that it was taken back");
    expect(finding.verdict).toBe("no-go");
    await expectAsBefore();
  });

  test("a server that stays away is not guessed about", async () => {
    let killed: Promise<void> | undefined;
    const { finding } = await carry({
      patience: 0.5,
      around: async ({ index }, _, send) => {
        if (index !== 12) return await send();
        killed = production.server.kill();
        await send();
      },
    });
    await killed;
    await production.server.start();

    expect(finding.verdict).toBe("unknown");
    expect(finding.says).toContain("the ledger could not be asked within 0.5 s");
    await expectAsBefore();
  });

  interface Ways {
    readonly around?: (step: Step, session: Session, send: () => Promise<void>) => Promise<void>;
    readonly output?: Parameters<typeof carryOut>[2];
    readonly patience?: number;
  }

  async function carry({ around, output, patience = 30 }: Ways = {}): Promise<CarriedOut> {
    const { revision } = errand.selection;
    const make = async (session: Session, options: MoveOptions): Promise<void> => {
      const own = options.around ?? ((_, send) => send());
      const planted: MoveOptions = {
        ...options,
        around: (step, send) =>
          own(step, () => (around === undefined ? send() : around(step, session, send))),
      };
      await (name === "apply" ? applyRevision : revertRevision)(session, revision, planted);
    };
    const limits = { lockTimeout: 50, tries: 3, patience };
    return await carryOut(
      run,
      { errand, move, make, settings: {}, limits },
      output ?? rememberOutput(),
    );
  }

  async function expectAsBefore(): Promise<void> {
    const now = await stateNow();
    expect(now.id).toBe(begins);
    expect(isEmptyDifference(compareCatalogs(before.catalog, now.catalog))).toBe(true);
  }
});

/** By the harness's own verbs, which have specs of their own. */
async function bringTo(id: string): Promise<void> {
  await using deployer = await production.enter(owner, "spec");
  const now = await readLedger(deployer, alembicLedger);
  if (now === id) return;
  const { revision } = errand.selection;
  const options = { settings: errand.sessionSettings };
  await (id === to ? applyRevision : revertRevision)(deployer, revision, options);
}

async function ledgerNow(): Promise<string | null> {
  await using session = await production.enter(owner, "spec");
  return await readLedger(session, alembicLedger);
}

async function stateNow(): Promise<State> {
  await using session = await production.enter(owner, "spec");
  return await look(session, async (looker) => ({
    id: await readLedger(looker, alembicLedger),
    catalog: await readCatalogIn(looker),
  }));
}
