import { type Actor, openCast } from "../../explore/actor.ts";
import { createRandom } from "../../explore/random.ts";
import { createRecorder, type Recorder, showAnswer } from "../../explore/recorder.ts";
import type { Stage } from "../../explore/stage.ts";
import { letServerWait } from "../../explore/wait-for.ts";
import type { Database } from "../../postgres/database.ts";
import type { Law } from "../law.ts";
import { catalogOf, demandSameCatalog } from "./catalog-of.ts";
import type { MigrationBinding } from "./migration-binding.ts";
import type { MigrationPart } from "./migration-part.ts";
import { type Operator, operatorOf, type Outcome } from "./operator.ts";
import { readRows } from "./read-rows.ts";

export const rollbackGuard: Law<MigrationPart> = {
  id: "migration.rollback-guard",
  claim:
    "down refuses to destroy what cannot be got back, unless told to; nothing slips in between the check and the drop",
  situations: [
    "something would be lost",
    "consent is given",
    "it slips in while down is under way",
  ],
  isBound: ({ meant }) => meant !== undefined && meant.precious.length > 0,
  async trial(stage) {
    const precious = stage.binding.meant?.precious ?? [];
    await using database = await stage.binding.openTarget();
    // Rows that the revision brought are kept in a schema of their own, to be put back.
    await database.empty();
    const before = await catalogOf(database);
    for (const each of precious) await refuses(stage, database, each);
    for (const each of oneAtQuick(stage, precious)) await slipsIn(stage, database, each);
    await consents(stage, database, precious, before);
  },
};

type Precious = MigrationBinding["precious"][number];

/** At quick effort one that the seed chooses must do. */
function oneAtQuick<Each>(stage: Stage<MigrationPart>, all: readonly Each[]): readonly Each[] {
  if (stage.effort !== "quick" || all.length === 0) return all;
  const at = createRandom(stage.seed).below(all.length);
  return all.slice(at, at + 1);
}

async function refuses(
  stage: Stage<MigrationPart>,
  database: Database,
  precious: Precious,
): Promise<void> {
  const judge = createRecorder(`down over ${precious.name}`);
  await using scene = await openScene(stage, database, judge);
  await make(scene.owner, judge, precious);
  stage.tally.meet("something would be lost");
  await demandRefusal(stage, scene, judge, precious.name);
}

/** A row that is not committed when down begins must stop it once it is: down waits for it, and then looks. */
async function slipsIn(
  stage: Stage<MigrationPart>,
  database: Database,
  precious: Precious,
): Promise<void> {
  const judge = createRecorder(`${precious.name}, committed while down is under way`);
  await using scene = await openScene(stage, database, judge);
  await scene.owner.does("begin");
  await make(scene.owner, judge, precious);
  const down = scene.operator.down();
  await letServerWait(scene.watcher.session, scene.owner.session.pid, down);
  await scene.owner.does("commit");
  const outcome = await down;
  judge.demand(outcome !== "done", {
    expected: `down refuses, since ${precious.name} was committed before it dropped anything`,
    happened: "it is done",
  });
  stage.tally.meet("it slips in while down is under way");
  await demandKept(judge, scene, precious.name);
}

/** Only the whole word is consent; with it down goes through over everything at once. */
async function consents(
  stage: Stage<MigrationPart>,
  database: Database,
  all: readonly Precious[],
  before: Awaited<ReturnType<typeof catalogOf>>,
): Promise<void> {
  const judge = createRecorder("down with consent");
  await using scene = await openScene(stage, database, judge);
  for (const each of all) await make(scene.owner, judge, each);
  const consent = stage.binding.meant?.allowDataLoss;
  for (const value of oneAtQuick(stage, consent?.notEnough ?? []))
    await demandRefusal(stage, scene, judge, "all of it", { [consent?.setting ?? ""]: value });
  const after = await catalogOf(database);
  demandSameCatalog(judge, stage.tally, before, after, "the catalog after the refusals");
  const settings = consent === undefined ? {} : { [consent.setting]: consent.value };
  if (consent !== undefined)
    judge.demandEqual(await scene.operator.down(settings), "done", "down with consent");
  stage.tally.meet("consent is given");
}

interface Scene extends AsyncDisposable {
  readonly database: Database;
  readonly operator: Operator;
  readonly owner: Actor;
  readonly watcher: Actor;
  /** How many rows there were before anything precious was made. */
  readonly rowsAtFirst: number;
}

async function openScene(
  stage: Stage<MigrationPart>,
  database: Database,
  judge: Recorder,
): Promise<Scene> {
  await database.empty();
  const cast = await openCast(database, judge);
  return {
    database,
    operator: await operatorOf(stage, database, judge),
    owner: await cast.enter("owner", { role: "deployer" }),
    watcher: await cast.enter("watcher", { role: "deployer" }),
    rowsAtFirst: await countRows(database),
    [Symbol.asyncDispose]: () => cast[Symbol.asyncDispose](),
  };
}

async function make(owner: Actor, judge: Recorder, { name, make: query }: Precious): Promise<void> {
  const answer = await owner.asks(query);
  judge.demand(answer.kind === "rows", {
    expected: `${name} can be made`,
    happened: showAnswer(answer),
  });
}

async function demandRefusal(
  { tally }: Stage<MigrationPart>,
  scene: Scene,
  judge: Recorder,
  name: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const outcome: Outcome = await scene.operator.down(settings);
  tally.count("comparisons");
  judge.demand(outcome !== "done" && outcome.includes(" Hint: "), {
    expected: `down refuses over ${name}, with a hint that says what to do`,
    happened: outcome === "done" ? "it is done, and what was there is lost" : outcome,
  });
  await demandKept(judge, scene, name);
}

async function demandKept(judge: Recorder, scene: Scene, name: string): Promise<void> {
  const rows = await countRows(scene.database);
  judge.demand(rows > scene.rowsAtFirst, {
    expected: `${name} is still there`,
    happened: "its row is gone",
  });
}

async function countRows(database: Database): Promise<number> {
  const tables = await readRows(database);
  return [...tables.values()].reduce((sum, { rows }) => sum + rows.length, 0);
}
