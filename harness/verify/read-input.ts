import { relative, resolve } from "node:path";
import type { Binding } from "../laws/binding.ts";
import { loadBinding } from "../laws/load-binding.ts";
import { readMigrations } from "../migrations/read-migrations.ts";
import { type Selection, selectRevision } from "../migrations/revision.ts";
import type { Environment } from "./environment.ts";
import { type Choices, readChoices } from "./read-choices.ts";
import type { ParsedSettings } from "./settings.ts";

/** What is under test, and by which bindings. */
export interface SubjectUnderTest {
  readonly selection: Selection;
  /** The bindings file as it was given, and what it exports; neither where only the migration laws run. */
  readonly bindings: { readonly file: string; readonly binding: Binding } | undefined;
}

/** The same with the servers to try it on, read and checked as far as that goes without one. */
export interface Input extends SubjectUnderTest {
  readonly choices: Choices;
}

/** Fails with a `RehearsalError` about what is wrong with the migrations, the revision, the bindings or the choices. */
export async function readInput(
  settings: ParsedSettings,
  environment: Environment,
): Promise<Input> {
  return { ...(await readSubject(settings)), choices: await readChoices(settings, environment) };
}

/** Fails with a `RehearsalError` about what is wrong with the migrations, the revision or the bindings. */
export async function readSubject(settings: SubjectSettings): Promise<SubjectUnderTest> {
  const revisions = await readMigrations(settings.migrations);
  const file = bindingsOf(settings);
  const bindings =
    file === undefined ? undefined : { file, binding: await loadBinding(resolve(file)) };
  return {
    selection: selectRevision(revisions, settings.to ?? bindings?.binding.revision),
    bindings,
  };
}

type SubjectSettings = Pick<ParsedSettings, "migrations" | "to" | "bindings" | "impliedBindings">;

/** The bindings that come with the default folder say nothing of another one. */
function bindingsOf({
  bindings,
  impliedBindings,
  migrations,
}: SubjectSettings): string | undefined {
  const isDefault = relative(resolve("sql"), resolve(migrations)) === "";
  return bindings ?? (isDefault ? impliedBindings : undefined);
}
