import { compareCatalogs } from "../../catalog/compare-catalogs.ts";
import { renderDifference } from "../../catalog/render-difference.ts";
import { createRecorder } from "../../explore/recorder.ts";
import type { Law } from "../law.ts";
import { catalogOf, type MigrationPart, operatorOf } from "./migration-part.ts";

export const exact: Law<MigrationPart> = {
  id: "migration.exact",
  claim: "the objects it is meant to add are there, with those signatures, and nothing else",
  situations: ["objects were added"],
  isBound: ({ meant }) => meant !== undefined,
  async trial(stage) {
    const judge = createRecorder("up");
    await using database = await stage.binding.openBaseline();
    const operator = await operatorOf(stage, database, judge);
    const before = await catalogOf(database);
    judge.demandEqual(await operator.up(), "done", "up");
    const { more, less, changed } = compareCatalogs(before, await catalogOf(database));
    const adds = stage.binding.meant?.adds ?? [];
    const names = new Set(more.map(({ name }) => name));
    // What goes with an object of its own, such as a table's columns or its privileges, needs no mention.
    const own = more.filter(({ of }) => of === null || !names.has(of)).map(({ name }) => name);
    if (own.length > 0) stage.tally.meet("objects were added");
    stage.tally.count("comparisons", more.length);
    judge.demandEqual(
      missingFrom(own, adds),
      [],
      "the objects that are meant to be added and are not",
    );
    judge.demandEqual(
      missingFrom(adds, own),
      [],
      "the objects that are added and are not meant to be",
    );
    const rest = renderDifference({ more: [], less, changed, physical: [] });
    judge.demandEqual(rest, "", "what changed of the objects that were there before");
  },
};

function missingFrom(here: readonly string[], wanted: readonly string[]): string[] {
  return wanted.filter((each) => !here.includes(each)).toSorted();
}
