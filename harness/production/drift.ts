import type { CatalogObject, CatalogSnapshot } from "../catalog/catalog-snapshot.ts";
import {
  type CatalogDifference,
  compareCatalogs,
  isEmptyDifference,
} from "../catalog/compare-catalogs.ts";
import { renderDifference } from "../catalog/render-difference.ts";
import { type Finding, go, noGo } from "./finding.ts";
import type { Rehearsed } from "./rehearse.ts";

export interface Drift {
  readonly difference: CatalogDifference;
  /** How many objects were expected and compared. */
  readonly compared: number;
}

/**
 * Compares what the migrations own in production with the rehearsed catalog at a place. Theirs is whatever the rehearsal
 * made, all in schemas that it made, what hangs on any of it, and functions of the same name with other arguments. The
 * rest of a production database is none of their business.
 */
export function findDrift(
  rehearsed: Pick<Rehearsed, "empty" | "baseline" | "target">,
  at: "baseline" | "target",
  production: CatalogSnapshot,
): Drift {
  const before = new Set(rehearsed.empty.objects.map(({ name }) => name));
  const ours = (snapshot: CatalogSnapshot): readonly CatalogObject[] =>
    snapshot.objects.filter(({ name }) => !before.has(name));
  const all = [...ours(rehearsed.baseline), ...ours(rehearsed.target)];
  const names = new Set(all.map(({ name }) => name));
  const functions = new Set(all.filter(isRoutine).map(withoutArguments));
  const schemas = new Set(all.filter(({ kind }) => kind === "schema").map(({ schema }) => schema));
  const isOurs = (object: CatalogObject): boolean =>
    names.has(object.name) ||
    (object.of !== null && names.has(object.of)) ||
    schemas.has(object.schema) ||
    (isRoutine(object) && functions.has(withoutArguments(object)));
  const expected = { ...rehearsed[at], objects: ours(rehearsed[at]) };
  const found = { ...production, objects: production.objects.filter(isOurs) };
  return { difference: compareCatalogs(expected, found), compared: expected.objects.length };
}

/** Told as a check: `place` is what the catalog should be at. */
export function checkDrift({ difference, compared }: Drift, place: string): Finding {
  if (isEmptyDifference(difference))
    return go(`all ${compared} objects are as rehearsed at ${place}`);
  const { more, less, changed } = difference;
  const counts = [
    ...(less.length > 0 ? [`${less.length} missing`] : []),
    ...(more.length > 0 ? [`${more.length} too many`] : []),
    ...(changed.length > 0 ? [`${changed.length} changed`] : []),
  ];
  return noGo(
    `the schema is not what was rehearsed at ${place}: ${counts.join(", ")}`,
    renderDifference({ ...difference, physical: [] }).split("\n"),
  );
}

function isRoutine({ kind }: CatalogObject): boolean {
  return kind === "function" || kind === "aggregate";
}

function withoutArguments({ name }: CatalogObject): string {
  return name.slice(0, name.indexOf("("));
}
