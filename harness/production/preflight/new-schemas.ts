import type { CatalogSnapshot } from "../../catalog/catalog-snapshot.ts";

/** Schemas, quoted as SQL would, that one place has and the other has not. */
export function newSchemas(before: CatalogSnapshot, after: CatalogSnapshot): string[] {
  const there = new Set(before.objects.map(({ name }) => name));
  return after.objects.flatMap(({ kind, name, schema }) =>
    kind === "schema" && schema !== null && !there.has(name) ? [schema] : [],
  );
}
