/**
 * Goal: No attribute of any kind of object changes unseen.
 * Method: One difference for each attribute is put into a real database and must be read back by name, with nothing else.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { knownAttributes } from "../../../harness/catalog/kind-query.ts";
import { kinds } from "../../../harness/catalog/kinds.ts";
import { everyPlantedDifference } from "./every-planted-difference.ts";
import { harvest, isFor, type Harvest } from "./planted-difference.ts";
import { openScratchDatabase, serverMajor } from "./scratch-database.ts";

const planted = everyPlantedDifference.filter((each) => isFor(serverMajor(), each));

let harvests: readonly Harvest[];
beforeAll(async () => {
  await using database = await openScratchDatabase();
  harvests = await harvest(database, planted);
});

describe("a planted difference is told, and nothing beside it", () => {
  for (const [place, { attributes, lines, change }] of planted.entries()) {
    test(`${attributes.join(", ")}: ${change}`, () => {
      expect(harvests[place]?.lines).toEqual(lines);
      expect(harvests[place]?.attributes).toEqual(expect.arrayContaining([...attributes]));
    });
  }
});

test("every attribute has a planted difference", () => {
  const covered = new Set(everyPlantedDifference.flatMap(({ attributes }) => attributes));

  const attributes = kinds.flatMap((kind) =>
    Object.keys(knownAttributes(kind, serverMajor())).map((name) => `${kind.kind}.${name}`),
  );

  expect(attributes.filter((attribute) => !covered.has(attribute))).toEqual([]);
});
