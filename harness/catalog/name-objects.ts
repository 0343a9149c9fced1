import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { AttributeValue } from "./attribute.ts";
import type { CatalogObject } from "./catalog-snapshot.ts";
import type { KindRow } from "./kind-query.ts";
import type { Kind } from "./kind.ts";

/** What a server said of one object of a kind. */
export interface Reading {
  readonly kind: Kind;
  readonly row: KindRow;
}

/**
 * Gives every object the name by which it is compared and puts all in an order that any machine agrees on. Objects
 * that others are named after come before them in `readings`. Fails if two get one name.
 */
export function nameObjects(
  readings: readonly Reading[],
  labels: Readonly<Record<string, string>>,
): CatalogObject[] {
  const labelled = new Map(Object.entries(labels));
  const label = (role: string): string => labelled.get(role) ?? role;
  const nameAt = new Map<string, string>();
  const schemaOf = new Map<string, string | null>();
  const objects = readings.flatMap((reading) => {
    const of = ownerName(reading.row, nameAt);
    const schema = reading.row.parts["schema"] ?? schemaOf.get(of ?? "") ?? null;
    const object = nameObject(reading, of, schema, label);
    if (reading.row.at !== null) nameAt.set(String(reading.row.at), object.name);
    schemaOf.set(object.name, schema);
    return [object, ...privilegesOn(object, reading.row, label)];
  });
  demandDistinct(objects);
  return objects.toSorted((one, other) => byCodeUnit(one.name, other.name));
}

type Label = (role: string) => string;

function ownerName(row: KindRow, nameAt: ReadonlyMap<string, string>): string | null {
  const known = row.of === null ? undefined : nameAt.get(String(row.of));
  return known ?? row.ofOtherwise;
}

function nameObject(
  { kind, row }: Reading,
  of: string | null,
  schema: string | null,
  label: Label,
): CatalogObject {
  const parts = Object.entries(row.parts).map(([part, value]) => [
    part,
    kind.roleParts?.includes(part) === true ? label(value) : value,
  ]);
  const attributes = Object.entries(row.attributes).map(([attribute, value]) => [
    attribute,
    kind.attributes[attribute]?.isRole === true ? labelRoles(value, label) : value,
  ]);
  return {
    kind: kind.kind,
    name: kind.name(Object.fromEntries(parts), of ?? ""),
    of,
    schema,
    identity: row.at === null || row.at[2] !== 0 ? null : row.at[1],
    attributes: Object.fromEntries(attributes),
  };
}

function labelRoles(value: AttributeValue, label: Label): AttributeValue {
  if (typeof value === "string") return label(value);
  return Array.isArray(value) ? [...new Set(value.map(label))].toSorted(byCodeUnit) : value;
}

function byCodeUnit(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function privilegesOn(
  { name: object, schema }: CatalogObject,
  row: KindRow,
  label: Label,
): CatalogObject[] {
  return (row.privileges ?? []).map(({ privilege, grantee, grantor, grantable }) => ({
    kind: "privilege",
    name:
      `grant ${privilege} on ${object} to ${label(grantee)}` +
      (grantor === null ? "" : ` granted by ${label(grantor)}`),
    of: object,
    schema,
    identity: null,
    attributes: { grantable },
  }));
}

function demandDistinct(objects: readonly CatalogObject[]): void {
  const seen = new Set<string>();
  for (const { kind, name } of objects) {
    if (seen.has(name)) {
      throw new RehearsalError(
        "CATALOG_NAME_TAKEN",
        `Two objects of the catalog are both called "${name}", so no comparison of it could be trusted and none was ` +
          `made. If two roles were given one label, give them two; if not, the kind "${kind}" must name its objects apart.`,
        { exitCode: 3 },
      );
    }
    seen.add(name);
  }
}
