import type { Recorder } from "../../explore/recorder.ts";
import type { Stage } from "../../explore/stage.ts";
import type { Database } from "../../postgres/database.ts";
import type { Session } from "../../postgres/session.ts";
import { readServerError } from "../../source/server-error.ts";
import { inventRows } from "./invent-rows.ts";
import type { MigrationPart } from "./migration-part.ts";

/**
 * Makes rows that stand before the revision arrives: those of the binding, or invented ones where it names none or
 * the tables before the revision are not those that it was written for.
 */
export async function fillBaseline(
  { binding, tally }: Stage<MigrationPart>,
  database: Database,
  recorder: Recorder,
): Promise<void> {
  const deployer = await database.lend({ name: "deployer", role: "deployer" });
  const statements = binding.meant?.startingRows ?? [];
  const complaint =
    statements.length === 0 ? "none are bound" : await fill(deployer, statements, recorder);
  if (complaint !== undefined) {
    tally.note(`starting rows were invented: ${complaint}`);
    for (const statement of await inventRows(deployer)) recorder.begin("deployer", statement)("");
  }
  await database.rest(deployer);
}

/** All or none of them; answers what the server had against them. */
async function fill(
  deployer: Session,
  statements: readonly string[],
  recorder: Recorder,
): Promise<string | undefined> {
  try {
    await deployer.run(statements.join(";\n"));
  } catch (error) {
    const refusal = readServerError(error);
    if (refusal === undefined) throw error;
    return `those of the binding do not fit (${refusal.message})`;
  }
  for (const statement of statements) recorder.begin("deployer", oneLine(statement))("");
  return undefined;
}

function oneLine(statement: string): string {
  return statement.replaceAll(/\s+/g, " ").trim();
}
