import type { Node } from "libpg-query";
import pg from "pg";
import { createRecorder } from "../../explore/recorder.ts";
import type { Stage } from "../../explore/stage.ts";
import { parseSql } from "../../source/parse-sql.ts";
import type { Law } from "../law.ts";
import { catalogOf, demandSameCatalog, type MigrationPart, operatorOf } from "./migration-part.ts";

export const noMasking: Law<MigrationPart> = {
  id: "migration.no-masking",
  claim: "over a drifted object of the same name it fails; it never goes green",
  situations: ["a drifted object was there"],
  async trial(stage) {
    const { revision } = await stage.binding.selection();
    const drifts = driftsOf(revision.upSql);
    if (drifts.length === 0) {
      stage.tally.note("the revision creates nothing that could be there already");
      stage.tally.meet("a drifted object was there");
    }
    const judge = createRecorder("up over drifted objects, one at a time");
    await using database = await stage.binding.openBaseline();
    await using deployer = await database.connect({ name: "deployer", role: "deployer" });
    const operator = await operatorOf(stage, database, judge);
    const before = await catalogOf(database);
    for (const { object, plant, uproot } of chosen(stage, drifts)) {
      for (const statement of plant) await deployer.run(statement);
      const outcome = await operator.up();
      stage.tally.meet("a drifted object was there");
      stage.tally.count("comparisons");
      judge.demand(outcome.startsWith("error"), {
        expected: `up fails, since a ${object} that is unlike its own is there: ${plant.at(-1)}`,
        happened: `it answers: ${outcome}`,
      });
      await deployer.run(uproot);
    }
    demandSameCatalog(
      judge,
      stage,
      before,
      await catalogOf(database),
      "the catalog after the failures",
    );
  },
};

/** An object of a name that the revision creates, unlike what it creates, and the statements that plant it. */
interface Drift {
  readonly kind: string;
  readonly object: string;
  /** The last one says what is unlike. */
  readonly plant: readonly string[];
  readonly uproot: string;
}

/** Each takes an up of its own: at quick effort one of each kind must do. */
function chosen(stage: Stage<MigrationPart>, drifts: readonly Drift[]): readonly Drift[] {
  if (stage.effort !== "quick") return drifts;
  return [...Map.groupBy(drifts, ({ kind }) => kind).values()].flatMap(([first]) => first ?? []);
}

/** As like to the real ones as can be: only what tells a name that is taken from a thing that is right finds them. */
function driftsOf(upSql: string): Drift[] {
  const parsed = parseSql(upSql);
  if (parsed.kind === "refused") return [];
  const drifts = parsed.statements.flatMap(({ text, tree }) => driftOf(text, tree));
  return drifts.filter(
    ({ object }, at) => drifts.findIndex((each) => each.object === object) === at,
  );
}

function driftOf(statement: string, tree: Node): Drift[] {
  if ("CreateStmt" in tree) {
    const table = quoted(tree.CreateStmt.relation);
    const unlike = `alter table ${table} add column rehearsal_drift integer`;
    return [drift("table", table, [statement, unlike])];
  }
  if ("CreateSeqStmt" in tree) {
    const sequence = quoted(tree.CreateSeqStmt.sequence);
    return [drift("sequence", sequence, [statement, `alter sequence ${sequence} increment by 7`])];
  }
  if ("CreateFunctionStmt" in tree) {
    const name = functionName(tree.CreateFunctionStmt.funcname ?? []);
    const made = ["set check_function_bodies = off", statement];
    return [drift("routine", name, [...made, `alter routine ${name} cost 12345`])];
  }
  if ("IndexStmt" in tree) {
    const { idxname, relation } = tree.IndexStmt;
    if (idxname === undefined) return [];
    const table = quoted({ ...relation, relname: "rehearsal_drift" });
    const index = pg.escapeIdentifier(idxname);
    const made = `create table ${table} (n integer)`;
    const planted = drift("index", index, [made, `create index ${index} on ${table} (n)`]);
    return [{ ...planted, uproot: `drop table ${table}` }];
  }
  return [];
}

function drift(kind: string, name: string, plant: readonly string[]): Drift {
  return { kind, object: `${kind} ${name}`, plant, uproot: `drop ${kind} ${name}` };
}

interface Name {
  readonly schemaname?: string;
  readonly relname?: string;
}

function quoted({ schemaname, relname }: Name = {}): string {
  return [schemaname, relname]
    .flatMap((part) => (part ? [pg.escapeIdentifier(part)] : []))
    .join(".");
}

function functionName(parts: readonly Node[]): string {
  return parts
    .flatMap((part) => ("String" in part && part.String.sval ? [part.String.sval] : []))
    .map((part) => pg.escapeIdentifier(part))
    .join(".");
}
