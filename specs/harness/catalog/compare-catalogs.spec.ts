/**
 * Goal: A comparison tells what is more, less, changed and physically changed, and reads well.
 * Method: Small snapshots written by hand; no database.
 */
import { expect, test } from "vitest";
import type { CatalogObject, CatalogSnapshot } from "../../../harness/catalog/catalog-snapshot.ts";
import { compareCatalogs, isEmptyDifference } from "../../../harness/catalog/compare-catalogs.ts";
import { renderDifference } from "../../../harness/catalog/render-difference.ts";

const table = object("table", "table shop.t", { owner: "admin", file: 7 });
const column = object("column", "column shop.t.a", { type: "integer", position: 1 }, table.name);

test("equal catalogs have an empty difference", () => {
  const difference = compareCatalogs(snapshot(table, column), snapshot(table, column));

  expect(isEmptyDifference(difference, "physical")).toBe(true);
  expect(renderDifference(difference)).toBe("");
});

test("what is in one of them only is more or less", () => {
  const [more, less] = [object("enum", "type shop.new"), object("enum", "type shop.old")];

  const difference = compareCatalogs(snapshot(table, less), snapshot(table, more));

  expect(difference).toEqual({ more: [more], less: [less], changed: [], physical: [] });
  expect(renderDifference(difference)).toBe("- type shop.old\n+ type shop.new");
});

test("what belongs to something that came is counted with it", () => {
  const comment = object("comment", "comment on column shop.t.a", { text: "x" }, column.name);
  const policy = object("policy", "policy y on table shop.t", {}, table.name);
  const rest = object("policy", "policy z on table shop.t", {}, table.name);

  const difference = compareCatalogs(snapshot(), snapshot(table, column, comment, policy, rest));

  expect(difference.more).toHaveLength(5);
  expect(renderDifference(difference)).toBe(
    "+ table shop.t (with 1 column, 1 comment, 2 policies)",
  );
});

test("a place in the row is a physical change, apart from the logical ones", () => {
  const moved = { ...column, attributes: { type: "integer", position: 3 } };

  const difference = compareCatalogs(snapshot(column), snapshot(moved));

  expect(renderDifference(difference)).toBe("= column shop.t.a: position from 1 to 3");
  expect(isEmptyDifference(difference)).toBe(true);
  expect(isEmptyDifference(difference, "physical")).toBe(false);
});

test("an identical drop-and-recreate is told once, for all that went with it", () => {
  const key = object("constraint", "constraint k on table shop.t", {}, table.name);
  const again = { ...table, identity: 2, attributes: { owner: "admin", file: 8 } };

  const difference = compareCatalogs(
    snapshot(table, key),
    snapshot(again, { ...key, identity: 3 }),
  );

  expect(renderDifference(difference)).toBe("= table shop.t: dropped and made again");
});

test("oids and files of two databases are not compared", () => {
  const elsewhere = { ...table, identity: 2, attributes: { owner: "admin", file: 8 } };

  const difference = compareCatalogs(snapshot(table), { ...snapshot(elsewhere), place: "2/2" });

  expect(isEmptyDifference(difference, "physical")).toBe(true);
});

test("an attribute that one of two servers does not know is passed over", () => {
  const older = { ...table, attributes: { file: 7 } };

  expect(isEmptyDifference(compareCatalogs(snapshot(older), snapshot(table)))).toBe(true);
});

test("another kind of object under the same name is told as such", () => {
  const difference = compareCatalogs(
    snapshot(object("enum", "type shop.x", { labels: ["a"] })),
    snapshot(object("composite type", "type shop.x", { columns: ["a"] })),
  );

  expect(renderDifference(difference)).toBe("~ type shop.x: kind from 'enum' to 'composite type'");
});

test("a text of several lines shows the lines that differ", () => {
  const difference = compareCatalogs(
    withBody("begin", "  one;", "  two;", "end"),
    withBody("begin", "  one;", "  three;", "  four;", "end"),
  );

  expect(renderDifference(difference).split("\n")).toEqual([
    "~ function shop.f(): body, from line 3",
    "    -   two;",
    "    +   three;",
    "    +   four;",
  ]);
});

function snapshot(...objects: CatalogObject[]): CatalogSnapshot {
  return { major: 18, place: "1/1", objects };
}

function withBody(...lines: string[]): CatalogSnapshot {
  return snapshot(object("function", "function shop.f()", { body: lines.join("\n") }));
}

function object(
  kind: string,
  name: string,
  attributes: CatalogObject["attributes"] = {},
  of: string | null = null,
): CatalogObject {
  return { kind, name, of, schema: null, identity: 1, attributes };
}
