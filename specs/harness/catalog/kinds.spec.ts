/**
 * Goal: No object of any kind comes, goes or is swapped for its like unseen, nor a comment or a privilege on it.
 * Method: One object of each kind is made, described, dropped and made again, and dropped in a real database.
 */
import { beforeAll, describe, expect, test } from "vitest";
import type { CatalogSnapshot } from "../../../harness/catalog/catalog-snapshot.ts";
import {
  compareCatalogs,
  identityAttribute,
  type CatalogDifference,
} from "../../../harness/catalog/compare-catalogs.ts";
import { kinds } from "../../../harness/catalog/kinds.ts";
import { lives } from "./lives.ts";
import { openScratchDatabase } from "./scratch-database.ts";

/** Kinds whose objects nobody can make or drop from within a database. */
const always = ["database"];

let stages: Record<"made" | "described" | "swapped" | "gone", CatalogDifference>;
let described: Record<"before" | "after", CatalogSnapshot>;
beforeAll(async () => {
  await using database = await openScratchDatabase();
  const each = async (statements: (life: (typeof lives)[number]) => string) => {
    for (const [place, life] of lives.entries()) {
      await database.run(statements(life).replaceAll("shop", schemaAt(place)));
    }
    return database.read();
  };
  const empty = await each(({ needs = "" }) => `create schema shop; ${needs}`);
  const made = await each(({ create }) => create);
  const hung = await each((life) => describing(life));
  const swapped = await each(({ drop, create }) => `${drop}; ${create}`);
  const gone = await each(({ drop }) => drop);
  stages = {
    made: compareCatalogs(empty, made),
    described: compareCatalogs(made, hung),
    swapped: compareCatalogs(hung, swapped),
    gone: compareCatalogs(swapped, gone),
  };
  await database.run(
    `do $$ begin
       execute format('comment on database %I is ''x''', current_database());
       execute format('grant create on database %I to <reader>', current_database());
     end $$`,
  );
  described = { before: gone, after: await database.read() };
});

for (const [place, life] of lives.entries()) {
  const name = life.name.replaceAll("shop", schemaAt(place));
  describe(`${life.kind}: ${life.name}`, () => {
    test("is told when it comes and when it goes", () => {
      expect(kindsOf(stages.made.more, name)).toEqual([life.kind]);
      expect(kindsOf(stages.gone.less, name)).toEqual([life.kind]);
    });

    if (life.comment !== undefined)
      test("is told with its comment", () => {
        expect(kindsOf(stages.described.more, `comment on ${name}`)).toEqual(["comment"]);
        expect(kindsOf(stages.swapped.less, `comment on ${name}`)).toEqual(["comment"]);
      });

    if (life.grant !== undefined)
      test("is told with its privileges", () => {
        const grant = `grant ${life.grant?.[0].split(" ")[0]} on ${name} to reader`;
        expect(kindsOf(stages.described.more, grant)).toEqual(["privilege"]);
        expect(kindsOf(stages.swapped.less, grant)).toEqual(["privilege"]);
      });

    if (hasIdentity(life.kind))
      test("is told when it was dropped and made again", () => {
        const physical = stages.swapped.physical.filter(({ object }) => object === name);
        expect(physical.map(({ attribute }) => attribute)).toEqual([identityAttribute]);
        expect(stages.swapped.changed.filter(({ object }) => object === name)).toEqual([]);
      });
  });
}

test("the database is told with its comment and its privileges", () => {
  const { more, less, changed } = compareCatalogs(described.before, described.after);

  expect(more.map(({ name }) => name)).toEqual([
    "comment on database",
    "grant create on database to reader",
  ]);
  expect([...less, ...changed]).toEqual([]);
});

test("every kind has such a life", () => {
  const lived = new Set([...lives.map(({ kind }) => kind), ...always]);

  expect(kinds.map(({ kind }) => kind).filter((kind) => !lived.has(kind))).toEqual([]);
});

test("every life of a kind with an address has a comment, and of one with privileges a grant", () => {
  const bare = lives.filter((life) => {
    const kind = kinds.find((each) => each.kind === life.kind);
    const lacksComment = kind?.address !== undefined && life.comment === undefined;
    return lacksComment || (kind?.privileges !== undefined && life.grant === undefined);
  });

  expect(bare.map(({ name }) => name)).toEqual([]);
});

function schemaAt(place: number): string {
  return `shop${String(place).padStart(3, "0")}`;
}

function describing({ comment, grant }: (typeof lives)[number]): string {
  return [
    comment === undefined ? "" : `comment on ${comment} is 'x'`,
    grant === undefined ? "" : `grant ${grant[0]} on ${grant[1]} to <reader>`,
  ].join("; ");
}

function kindsOf(objects: CatalogDifference["more"], wanted: string): string[] {
  return objects.filter(({ name }) => name === wanted).map(({ kind }) => kind);
}

function hasIdentity(wanted: string): boolean {
  const address = kinds.find(({ kind }) => kind === wanted)?.address;
  return address !== undefined && address.column === undefined;
}
