import type { CatalogObject } from "../../catalog/catalog-snapshot.ts";
import { compareCatalogs } from "../../catalog/compare-catalogs.ts";
import { renderDifference } from "../../catalog/render-difference.ts";
import { createRecorder } from "../../explore/recorder.ts";
import type { Law } from "../law.ts";
import type { MigrationPart } from "./migration-part.ts";

export const exact: Law<MigrationPart> = {
  id: "migration.exact",
  claim: "the objects it is meant to add are there, with those signatures, and nothing else",
  situations: ["objects were looked at"],
  isBound: ({ meant }) => meant !== undefined,
  async trial({ binding, tally }) {
    const judge = createRecorder("what up adds");
    const { revision } = await binding.selection();
    const before = await binding.catalogBefore();
    const after = await binding.catalogAfter();
    judge.begin("deployer", `applies ${revision.id}`)("done");
    const { more, less, changed } = compareCatalogs(before, after);
    const { adds = [], signatures = {} } = binding.meant ?? {};
    const own = ownObjects(more).map(({ name }) => name);
    tally.meet("objects were looked at");
    tally.count("comparisons", more.length);
    judge.demandEqual(without(adds, own), [], "the objects that are meant to be added and are not");
    judge.demandEqual(without(own, adds), [], "the objects that are added and are not meant to be");
    const rest = renderDifference({ more: [], less, changed, physical: [] });
    judge.demandEqual(rest, "", "what changed of the objects that were there before");
    for (const [name, signature] of Object.entries(signatures)) {
      const found = more.find((object) => object.name === name);
      judge.demandEqual(found && signatureOf(found), signature, `the signature of ${name}`);
    }
  },
};

/** What goes with an object, such as a table's columns or its privileges, needs no mention beside it. */
function ownObjects(objects: readonly CatalogObject[]): CatalogObject[] {
  const names = new Set(objects.map(({ name }) => name));
  return objects.filter(({ of }) => of === null || !names.has(of));
}

function without(some: readonly string[], others: readonly string[]): string[] {
  return some.filter((each) => !others.includes(each)).toSorted();
}

function signatureOf({ attributes }: CatalogObject): string {
  const { arguments: takes, returns } = attributes;
  const result = returns === null ? "" : ` returns ${String(returns)}`;
  return `(${String(takes)})${result}`;
}
