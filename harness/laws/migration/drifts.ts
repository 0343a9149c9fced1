import type { AttributeValue } from "../../catalog/attribute.ts";
import type { CatalogObject } from "../../catalog/catalog-snapshot.ts";
import { parseSql } from "../../source/parse-sql.ts";

/** An object of a name that a revision adds, unlike what it adds, and the statements that plant it where none is yet. */
export interface Drift {
  readonly kind: string;
  /** As the catalog calls it. */
  readonly object: string;
  /** Ways to plant it, the most like the real one first; the last statement of each says what is unlike. */
  readonly plants: readonly (readonly string[])[];
  readonly uproot: string;
}

/**
 * A drift for each object of its own that was added, and for the indexes and columns that can stand by themselves.
 * They are as like to the real ones as can be: a revision that skips or replaces what it finds then runs to its end.
 */
export function driftsOf(added: readonly CatalogObject[], upSql: string): Drift[] {
  const names = new Set(added.map(({ name }) => name));
  const made = tableStatements(upSql);
  return added
    .filter(({ kind, of }) => kind === "index" || of === null || !names.has(of))
    .flatMap((object) => driftOf(object, added, made))
    .map((drift) => inItsSchema(drift, names));
}

function driftOf(
  object: CatalogObject,
  added: readonly CatalogObject[],
  made: ReadonlyMap<string, string>,
): Drift[] {
  const { kind, name, of, attributes } = object;
  const sqlName = name.slice(name.indexOf(" ") + 1);
  const columns = added.filter((each) => each.kind === "column" && each.of === name);
  const dropped = (...plants: (readonly string[])[]): Drift[] => [
    { kind, object: name, plants, uproot: `drop ${name}` },
  ];
  switch (kind) {
    case "index":
      return behindConstraint(object, added) ? [] : driftOfIndex(object);
    case "column":
      return of?.startsWith("table ") === true ? driftOfColumn(object, of) : [];
    case "table":
      return dropped(...tablePlants(sqlName, columns, made.get(name)));
    case "function":
      return dropped(functionPlant(object));
    case "sequence":
      return dropped([`create ${name} increment by 7`]);
    case "schema":
      return dropped([`create ${name}`]);
    case "view":
      return dropped([`create ${name} as select ${nulls(columns)}`]);
    case "enum":
      return dropped(enumPlant(object));
    case "domain":
      return dropped([`create ${name} as ${text(attributes["base type"])}`]);
    default:
      return [];
  }
}

/** Where the schema comes with the revision it has to be planted as well. */
function inItsSchema(drift: Drift, names: ReadonlySet<string>): Drift {
  const schema = /^\w+ (?<schema>\w+)\./.exec(drift.object)?.groups?.["schema"];
  if (schema === undefined || !names.has(`schema ${schema}`)) return drift;
  return {
    ...drift,
    plants: drift.plants.map((statements) => [`create schema ${schema}`, ...statements]),
    uproot: `drop schema ${schema} cascade`,
  };
}

/** The constraint's name is the index's own. */
function behindConstraint({ name, of }: CatalogObject, added: readonly CatalogObject[]): boolean {
  const relation = name.slice(name.lastIndexOf(".") + 1);
  return added.some((each) => each.name === `constraint ${relation} on ${of}`);
}

function driftOfIndex({ kind, name, of }: CatalogObject): Drift[] {
  if (of?.startsWith("table ") !== true) return [];
  const relation = of.slice("table ".length);
  const elsewhere = `${relation.slice(0, relation.lastIndexOf(".") + 1)}rehearsal_drift`;
  const itself = name.slice(name.lastIndexOf(".") + 1);
  const plant = [
    `create table ${elsewhere} (n integer)`,
    `create index ${itself} on ${elsewhere} (n)`,
  ];
  return [{ kind, object: name, plants: [plant], uproot: `drop table ${elsewhere}` }];
}

function driftOfColumn({ kind, name, attributes }: CatalogObject, of: string): Drift[] {
  const column = name.slice(`column ${of.slice("table ".length)}.`.length);
  const add = `alter ${of} add column ${column}`;
  const plants = [[`${add} ${text(attributes["type"])}`], [`${add} text`]];
  return [{ kind, object: name, plants, uproot: `alter ${of} drop column ${column}` }];
}

function tablePlants(
  table: string,
  columns: readonly CatalogObject[],
  statement: string | undefined,
): string[][] {
  const types = columns.map((column) => `${nameIn(column)} ${text(column.attributes["type"])}, `);
  const unlike = "rehearsal_drift integer";
  return [
    ...(statement === undefined ? [] : [[statement, `alter table ${table} add column ${unlike}`]]),
    [`create table ${table} (${types.join("")}${unlike})`],
    [`create table ${table} (${unlike})`],
  ];
}

function nulls(columns: readonly CatalogObject[]): string {
  return columns
    .map((column) => `null::${text(column.attributes["type"])} as ${nameIn(column)}`)
    .join(", ");
}

function nameIn({ name }: CatalogObject): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function functionPlant({ name, attributes }: CatalogObject): string[] {
  const { arguments: takes, returns, language } = attributes;
  const head = `${name.slice(0, name.indexOf("("))}(${text(takes)})`;
  const result = returns === null ? "" : ` returns ${text(returns)}`;
  const body = "as 'rehearsal drift'";
  return [
    "set check_function_bodies = off",
    `create ${head}${result} language ${text(language)} ${body}`,
  ];
}

function enumPlant({ name, attributes }: CatalogObject): string[] {
  const { labels } = attributes;
  const all = [...(Array.isArray(labels) ? labels : []), "rehearsal_drift"];
  return [
    `create ${name} as enum (${all.map((label) => `'${label.replaceAll("'", "''")}'`).join(", ")})`,
  ];
}

function text(value: AttributeValue | undefined): string {
  return String(value ?? "");
}

/** What makes each table, where the file says so outside of blocks: with its constraints it is more like the real one. */
function tableStatements(upSql: string): ReadonlyMap<string, string> {
  const parsed = parseSql(upSql);
  const statements = parsed.kind === "refused" ? [] : parsed.statements;
  return new Map(
    statements.flatMap(({ tree, text: statement }) => {
      if (!("CreateStmt" in tree)) return [];
      const { schemaname = "public", relname = "" } = tree.CreateStmt.relation ?? {};
      return [[`table ${schemaname}.${relname}`, statement] as const];
    }),
  );
}
