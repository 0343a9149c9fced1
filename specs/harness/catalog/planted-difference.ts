import type {
  AttributeChange,
  CatalogDifference,
} from "../../../harness/catalog/compare-catalogs.ts";
import { compareCatalogs } from "../../../harness/catalog/compare-catalogs.ts";
import { renderDifference } from "../../../harness/catalog/render-difference.ts";
import type { ScratchDatabase } from "./scratch-database.ts";

/** One difference put into a database on purpose, and how it must read. */
export interface PlantedDifference {
  /** The attributes that it is there for, as `kind.attribute`. */
  readonly attributes: readonly string[];
  /** Runs before the first look. `shop` stands for a schema of its own, that is there already. */
  readonly setup: string;
  /** Runs between the two looks. */
  readonly change: string;
  /** All that must be told, in order. */
  readonly lines: readonly string[];
  readonly options: Options;
}

interface Options {
  /** The majors that it can be planted on. */
  readonly since?: number;
  readonly until?: number;
  /** It is about what lies in no schema; there is one such difference at most. */
  readonly inDatabase?: boolean;
}

export function plant(
  attributes: string | readonly string[],
  setup: string,
  change: string,
  lines: readonly string[],
  options: Options = {},
): PlantedDifference {
  return { attributes: [attributes].flat(), setup, change, lines, options };
}

export function isFor(major: number, { options }: PlantedDifference): boolean {
  return (options.since ?? 0) <= major && major <= (options.until ?? Number.POSITIVE_INFINITY);
}

/** What was told of one planted difference: `lines` to a person, `attributes` to a program. */
export interface Harvest {
  readonly lines: readonly string[];
  readonly attributes: readonly string[];
}

/**
 * Plants all differences in one database, each in a schema of its own, and looks at it twice. What is told is dealt
 * out by schema.
 */
export async function harvest(
  database: ScratchDatabase,
  planted: readonly PlantedDifference[],
): Promise<readonly Harvest[]> {
  for (const [place, { setup }] of planted.entries()) {
    await database.run(inSchema(`create schema shop; ${setup}`, place));
  }
  const before = await database.read();
  for (const [place, { change }] of planted.entries()) await database.run(inSchema(change, place));
  const difference = compareCatalogs(before, await database.read());
  const isAbout = (place: number) => (name: string) =>
    planted[place]?.options.inDatabase === true
      ? !/shop\d{3}/.test(name)
      : name.includes(schemaAt(place));
  return planted.map((_, place) => {
    const own = only(difference, isAbout(place));
    const text = database.readable(renderDifference(own)).replaceAll(schemaAt(place), "shop");
    return {
      lines: text === "" ? [] : text.split("\n"),
      attributes: [...own.changed, ...own.physical].map(
        ({ kind, attribute }) => `${kind}.${attribute}`,
      ),
    };
  });
}

function schemaAt(place: number): string {
  return `shop${String(place).padStart(3, "0")}`;
}

function inSchema(statements: string, place: number): string {
  return statements.replaceAll("shop", schemaAt(place));
}

function only(
  { more, less, changed, physical }: CatalogDifference,
  isWanted: (name: string) => boolean,
): CatalogDifference {
  const wanted = ({ object }: AttributeChange): boolean => isWanted(object);
  return {
    more: more.filter(({ name }) => isWanted(name)),
    less: less.filter(({ name }) => isWanted(name)),
    changed: changed.filter(wanted),
    physical: physical.filter(wanted),
  };
}
