import { compareCatalogs, isEmptyDifference } from "../../catalog/compare-catalogs.ts";
import { createRecorder } from "../../explore/recorder.ts";
import type { Law } from "../law.ts";
import { catalogOf, demandSameCatalog, type MigrationPart, operatorOf } from "./migration-part.ts";

export const reversible: Law<MigrationPart> = {
  id: "migration.reversible",
  claim: "up then down restores the catalog, every attribute of every object",
  situations: ["up changed the catalog"],
  async trial(stage) {
    const judge = createRecorder("up, then down");
    await using database = await stage.binding.openBaseline();
    const operator = await operatorOf(stage, database, judge);
    const before = await catalogOf(database);
    judge.demandEqual(await operator.up(), "done", "up");
    const between = await catalogOf(database);
    if (!isEmptyDifference(compareCatalogs(before, between)))
      stage.tally.meet("up changed the catalog");
    judge.demandEqual(await operator.down(), "done", "down");
    const after = await catalogOf(database);
    const physical = demandSameCatalog(judge, stage, before, after, "the catalog after down");
    if (physical !== "") stage.tally.note(`logically equal, physically not: ${physical}`);
  },
};
