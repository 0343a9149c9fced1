import { compareCatalogs } from "../../catalog/compare-catalogs.ts";
import { createRandom } from "../../explore/random.ts";
import { createRecorder } from "../../explore/recorder.ts";
import type { Stage } from "../../explore/stage.ts";
import type { Session } from "../../postgres/session.ts";
import { readServerError } from "../../source/server-error.ts";
import type { Law } from "../law.ts";
import { catalogOf, demandSameCatalog } from "./catalog-of.ts";
import { type Drift, driftsOf } from "./drifts.ts";
import type { MigrationPart } from "./migration-part.ts";
import { operatorOf } from "./operator.ts";

export const noMasking: Law<MigrationPart> = {
  id: "migration.no-masking",
  claim: "over a drifted object of the same name it fails; it never goes green",
  situations: ["a drifted object was there, if one can be"],
  async trial(stage) {
    const drifts = await chosenDrifts(stage);
    if (drifts.length === 0) {
      stage.tally.note("the revision adds nothing that could be there already");
      stage.tally.meet("a drifted object was there, if one can be");
    }
    const { revision } = await stage.binding.selection();
    let left = drifts;
    while (left.length > 0) {
      // What a file without a transaction leaves when it fails would be there for the next drift.
      const together = revision.upTransactional ? left : left.slice(0, 1);
      await overDrifts(stage, together);
      left = left.slice(together.length);
    }
  },
};

/** Each takes an up of its own: at quick effort one of each kind must do. */
async function chosenDrifts(stage: Stage<MigrationPart>): Promise<Drift[]> {
  const { binding, effort } = stage;
  const before = await binding.catalogBefore();
  const after = await binding.catalogAfter();
  const { revision } = await binding.selection();
  const drifts = driftsOf(compareCatalogs(before, after).more, revision.upSql);
  if (effort !== "quick") return drifts;
  const random = createRandom(stage.seed);
  return [...Map.groupBy(drifts, ({ kind }) => kind).values()].flatMap(
    (alike) => alike[random.below(alike.length)] ?? [],
  );
}

async function overDrifts(stage: Stage<MigrationPart>, drifts: readonly Drift[]): Promise<void> {
  await using database = await stage.binding.openBaseline();
  await using deployer = await database.connect({ name: "deployer", role: "deployer" });
  const before = await stage.binding.catalogBefore();
  for (const { object, plants, uproot } of drifts) {
    const planted = await plant(deployer, plants);
    if (planted === undefined) {
      stage.tally.note(`${object} could not be planted before up`);
      continue;
    }
    const judge = createRecorder("up over a drifted object");
    judge.begin("deployer", planted)("");
    const operator = await operatorOf(stage, database, judge);
    const outcome = await operator.up();
    stage.tally.meet("a drifted object was there, if one can be");
    stage.tally.count("comparisons");
    judge.demand(outcome !== "done", {
      expected: `up fails, since there is another ${object} than its own`,
      happened: "it is done",
    });
    if (operator.revision.upTransactional) await deployer.run(uproot);
  }
  const { revision } = await stage.binding.selection();
  if (!revision.upTransactional) return;
  const judge = createRecorder("up over drifted objects, which are then taken away");
  judge.begin(
    "deployer",
    `applies ${revision.id} over each of ${drifts.length} drifted objects`,
  )("errors");
  const after = await catalogOf(database);
  demandSameCatalog(judge, stage.tally, before, after, "the catalog after the failures");
}

/** Answers the statement that says what is unlike; nothing if there is no way to plant the drift. */
async function plant(session: Session, plants: Drift["plants"]): Promise<string | undefined> {
  for (const statements of plants) {
    try {
      await session.run(statements.join(";\n"));
      return statements.at(-1);
    } catch (error) {
      if (readServerError(error) === undefined) throw error;
    }
  }
  return undefined;
}
