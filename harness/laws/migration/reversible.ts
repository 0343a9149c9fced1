import { createRecorder } from "../../explore/recorder.ts";
import type { Law } from "../law.ts";
import { catalogOf, demandSameCatalog } from "./catalog-of.ts";
import type { MigrationPart } from "./migration-part.ts";
import { operatorOf } from "./operator.ts";

export const reversible: Law<MigrationPart> = {
  id: "migration.reversible",
  claim: "up then down restores the catalog, every attribute of every object",
  situations: ["down after up"],
  async trial(stage) {
    const judge = createRecorder("up, then down");
    await using database = await stage.binding.openBaseline();
    const operator = await operatorOf(stage, database, judge);
    const before = await stage.binding.catalogBefore();
    judge.demandEqual(await operator.up(), "done", "up");
    judge.demandEqual(await operator.down(), "done", "down");
    stage.tally.meet("down after up");
    const after = await catalogOf(database);
    const physical = demandSameCatalog(judge, stage.tally, before, after, "the catalog after down");
    if (physical !== undefined) stage.tally.note(physical);
  },
};
