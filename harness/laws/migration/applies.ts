import { createRecorder } from "../../explore/recorder.ts";
import type { Law } from "../law.ts";
import { fillBaseline } from "./baseline-rows.ts";
import type { MigrationPart } from "./migration-part.ts";
import { operatorOf } from "./operator.ts";

export const applies: Law<MigrationPart> = {
  id: "migration.applies",
  claim: "up runs on the state the revision before leaves",
  situations: ["up on empty tables", "up on starting rows"],
  async trial(stage) {
    for (const filled of [false, true]) {
      const judge = createRecorder(filled ? "up on starting rows" : "up on empty tables");
      await using database = await stage.binding.openBaseline();
      if (filled) await fillBaseline(stage, database, judge);
      const operator = await operatorOf(stage, database, judge);
      judge.demandEqual(await operator.up(), "done", "up");
      stage.tally.meet(judge.trial);
      stage.tally.count("comparisons");
    }
  },
};
