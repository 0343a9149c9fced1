import type { AttributeValue, Equality } from "./attribute.ts";
import type { CatalogObject, CatalogSnapshot } from "./catalog-snapshot.ts";
import { kinds } from "./kinds.ts";

/** What the second catalog has that the first has not, the other way round, and what both have but not alike. */
export interface CatalogDifference {
  readonly more: readonly CatalogObject[];
  readonly less: readonly CatalogObject[];
  readonly changed: readonly AttributeChange[];
  /** Alike by name, yet not the same rows, slots or objects underneath. Not a difference to SQL written by name. */
  readonly physical: readonly AttributeChange[];
}

export interface AttributeChange {
  readonly kind: string;
  readonly object: string;
  /** The object that this one belongs to. */
  readonly of: string | null;
  readonly attribute: string;
  /** How far two catalogs must agree to agree on the attribute. */
  readonly equality: Equality;
  readonly from: AttributeValue;
  readonly to: AttributeValue;
}

/** What a change of {@link CatalogObject.identity} is called. */
export const identityAttribute = "identity";

/** An enum that became a composite type under the same name, say. */
const kindAttribute = "kind";

/**
 * Compares by name. An attribute that only one of the two servers knows is passed over, and oids and files are
 * compared only between two looks at one database.
 */
export function compareCatalogs(
  before: CatalogSnapshot,
  after: CatalogSnapshot,
): CatalogDifference {
  const [was, is] = [byName(before), byName(after)];
  const pairs = before.objects.flatMap((from) => {
    const to = is.get(from.name);
    return to === undefined ? [] : [{ from, to }];
  });
  const samePlace = before.place === after.place;
  const changes = pairs.flatMap(({ from, to }) => changesOf(from, to, samePlace));
  return {
    more: after.objects.filter(({ name }) => !was.has(name)),
    less: before.objects.filter(({ name }) => !is.has(name)),
    changed: changes.filter(({ equality }) => equality === "logical"),
    physical: changes.filter(({ equality }) => equality !== "logical"),
  };
}

/** Whether the two catalogs are equal: by name, or down to rows, slots and objects. */
export function isEmptyDifference(
  difference: CatalogDifference,
  equality: "logical" | "physical" = "logical",
): boolean {
  const { more, less, changed, physical } = difference;
  const logical = more.length + less.length + changed.length;
  return logical === 0 && (equality === "logical" || physical.length === 0);
}

function byName(snapshot: CatalogSnapshot): Map<string, CatalogObject> {
  return new Map(snapshot.objects.map((object) => [object.name, object]));
}

/** An object made anew has other files too; that goes without saying. */
function changesOf(from: CatalogObject, to: CatalogObject, samePlace: boolean): AttributeChange[] {
  const about = { kind: to.kind, object: to.name, of: to.of };
  if (from.kind !== to.kind) {
    const kind = { attribute: kindAttribute, equality: "logical" } as const;
    return [{ ...about, ...kind, from: from.kind, to: to.kind }];
  }
  if (samePlace && from.identity !== to.identity) {
    const identity = { attribute: identityAttribute, equality: "same-database" } as const;
    return [
      { ...about, ...identity, from: from.identity, to: to.identity },
      ...changesOf(from, to, false),
    ];
  }
  return Object.entries(to.attributes).flatMap(([attribute, value]) => {
    const old = from.attributes[attribute];
    const equality = attributesOf.get(to.kind)?.[attribute]?.equality ?? "logical";
    if (old === undefined || areEqual(old, value)) return [];
    if (equality === "same-database" && !samePlace) return [];
    return [{ ...about, attribute, equality, from: old, to: value }];
  });
}

const attributesOf = new Map(kinds.map(({ kind, attributes }) => [kind, attributes]));

function areEqual(one: AttributeValue, other: AttributeValue): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
