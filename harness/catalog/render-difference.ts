import type { AttributeValue } from "./attribute.ts";
import type { CatalogObject } from "./catalog-snapshot.ts";
import {
  identityAttribute,
  type AttributeChange,
  type CatalogDifference,
} from "./compare-catalogs.ts";

/**
 * One line a difference: `+` more, `-` less, `~` changed from what to what, `=` the same by name but not underneath.
 * What comes or goes with the object it belongs to is counted there: `+ table shop.orders (with 3 columns)`. Texts of
 * several lines show the lines that differ below. Empty when nothing differs.
 */
export function renderDifference(difference: CatalogDifference): string {
  return [
    ...cameAndWent(difference.less, "-"),
    ...cameAndWent(difference.more, "+"),
    ...difference.changed.map((change) => renderChange(change, "~")),
    ...physicalChanges(difference.physical),
  ].join("\n");
}

function cameAndWent(objects: readonly CatalogObject[], sign: "+" | "-"): string[] {
  const byName = new Map(objects.map((object) => [object.name, object]));
  const rootOf = (object: CatalogObject): CatalogObject => {
    const owner = object.of === null ? undefined : byName.get(object.of);
    return owner === undefined ? object : rootOf(owner);
  };
  return [...Map.groupBy(objects, rootOf)]
    .map(([root, all]) => `${sign} ${root.name}${following(all.filter((each) => each !== root))}`)
    .toSorted();
}

function following(objects: readonly CatalogObject[]): string {
  if (objects.length === 0) return "";
  const counts = [...Map.groupBy(objects, ({ kind }) => kind)].map(
    ([kind, { length }]) => `${length} ${length === 1 ? kind : plural(kind)}`,
  );
  return ` (with ${counts.toSorted().join(", ")})`;
}

function plural(kind: string): string {
  if (kind.endsWith("s")) return kind;
  if (kind.endsWith("y")) return `${kind.slice(0, -1)}ies`;
  return kind.endsWith("x") ? `${kind}es` : `${kind}s`;
}

/** What was dropped and made again takes along what belongs to it. */
function physicalChanges(changes: readonly AttributeChange[]): string[] {
  const anew = new Map(
    changes
      .filter(({ attribute }) => attribute === identityAttribute)
      .map(({ object, of }) => [object, of]),
  );
  return changes
    .filter(({ of }) => of === null || !anew.has(of))
    .map((change) =>
      change.attribute === identityAttribute
        ? `= ${change.object}: dropped and made again`
        : renderChange(change, "="),
    );
}

function renderChange(change: AttributeChange, sign: "~" | "="): string {
  const { object, attribute, equality, from, to } = change;
  if (equality === "same-database") return `${sign} ${object}: another ${attribute}`;
  const isLong = [from, to].some((value) => typeof value === "string" && value.includes("\n"));
  if (!isLong)
    return `${sign} ${object}: ${attribute} from ${renderValue(from)} to ${renderValue(to)}`;
  const [was, is] = [linesOf(from), linesOf(to)];
  const start = commonLength(was, is);
  const end = commonLength(was.slice(start).toReversed(), is.slice(start).toReversed());
  return [
    `${sign} ${object}: ${attribute}, from line ${start + 1}`,
    ...was.slice(start, was.length - end).map((line) => `    - ${line}`),
    ...is.slice(start, is.length - end).map((line) => `    + ${line}`),
  ].join("\n");
}

function renderValue(value: AttributeValue): string {
  if (value === null) return "nothing";
  if (typeof value === "string") return `'${value}'`;
  return typeof value === "object" ? `[${value.join(", ")}]` : String(value);
}

function linesOf(value: AttributeValue): string[] {
  return value === null ? [] : String(value).split("\n");
}

/** How many lines the two have in common before they part. */
function commonLength(some: readonly string[], others: readonly string[]): number {
  const parting = some.findIndex((line, place) => line !== others[place]);
  return parting === -1 ? Math.min(some.length, others.length) : parting;
}
