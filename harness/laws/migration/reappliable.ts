import { createRecorder } from "../../explore/recorder.ts";
import type { Law } from "../law.ts";
import { catalogOf, demandSameCatalog } from "./catalog-of.ts";
import type { MigrationPart } from "./migration-part.ts";
import { operatorOf } from "./operator.ts";

export const reappliable: Law<MigrationPart> = {
  id: "migration.reappliable",
  claim: "up, down, up gives the catalog of the first up",
  situations: ["a second up"],
  async trial(stage) {
    const judge = createRecorder("up, down, up");
    await using database = await stage.binding.openBaseline();
    const operator = await operatorOf(stage, database, judge);
    judge.demandEqual(await operator.up(), "done", "the first up");
    const first = await stage.binding.catalogAfter();
    judge.demandEqual(await operator.down(stage.binding.settings), "done", "down");
    judge.demandEqual(await operator.up(), "done", "the second up");
    stage.tally.meet("a second up");
    const second = await catalogOf(database);
    const physical = demandSameCatalog(
      judge,
      stage.tally,
      first,
      second,
      "the catalog after the second up",
    );
    if (physical !== undefined) stage.tally.note(physical);
  },
};
