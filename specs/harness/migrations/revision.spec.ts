/**
 * Goal: A revision is found by its id, with what must stand before it, and a folder's hash tells SQL apart.
 * Method: Three revisions made here.
 */
import { expect, test } from "vitest";
import {
  migrationsHash,
  selectRevision,
  type Revision,
} from "../../../harness/migrations/revision.ts";

const revisions = ["001_a", "002_b", "003_c"].map((id): Revision => ({
  id,
  previousId: null,
  upFile: `sql/${id}.up.sql`,
  upSql: "select 1;",
  upTransactional: true,
  downFile: `sql/${id}.down.sql`,
  downSql: "select 2;",
  downTransactional: true,
}));

test("selects a revision with those before it", () => {
  const { revision, before } = selectRevision(revisions, "002_b");

  expect([revision.id, before.map(({ id }) => id)]).toEqual(["002_b", ["001_a"]]);
});

test("selects the last when none is named", () => {
  const { revision, before } = selectRevision(revisions);

  expect([revision.id, before.map(({ id }) => id)]).toEqual(["003_c", ["001_a", "002_b"]]);
});

test("lists the revisions that there are when it does not know one", () => {
  expect(() => selectRevision(revisions, "002")).toThrow(
    'There is no revision "002". Those that there are:\n  001_a\n  002_b\n  003_c',
  );
});

test("hashes the same content to the same 64 hex digits, wherever the files are", () => {
  const elsewhere = revisions.map((each) => ({ ...each, upFile: "x", downFile: "y" }));

  expect(migrationsHash(revisions)).toMatch(/^[0-9a-f]{64}$/);
  expect(migrationsHash(elsewhere)).toBe(migrationsHash(revisions));
});

test.each([
  ["an id", { id: "003_d" }],
  ["a blank in up", { upSql: "select  1;" }],
  ["what stands in up and what in down", { upSql: "select 1;select 2;", downSql: "" }],
])("hashes apart what differs in %s", (_, change) => {
  const changed = revisions.map((each, index) => (index === 2 ? { ...each, ...change } : each));

  expect(migrationsHash(changed)).not.toBe(migrationsHash(revisions));
});
