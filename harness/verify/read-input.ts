import { relative, resolve } from "node:path";
import type { Binding } from "../laws/binding.ts";
import { loadBinding } from "../laws/load-binding.ts";
import { readMigrations } from "../migrations/read-migrations.ts";
import { type Selection, selectRevision } from "../migrations/revision.ts";
import type { Environment } from "./environment.ts";
import { type Choices, readChoices } from "./read-choices.ts";
import type { ParsedSettings } from "./settings.ts";

/** What is under test, and by which bindings, read and checked as far as that goes without a server. */
export interface Input {
  readonly selection: Selection;
  /** The bindings file as it was given, and what it exports; neither where only the migration laws run. */
  readonly bindings: { readonly file: string; readonly binding: Binding } | undefined;
  readonly choices: Choices;
}

/** Fails with a `RehearsalError` about what is wrong with the migrations, the revision, the bindings or the choices. */
export async function readInput(
  settings: ParsedSettings,
  environment: Environment,
): Promise<Input> {
  const revisions = await readMigrations(settings.migrations);
  const file = bindingsOf(settings);
  const bindings =
    file === undefined ? undefined : { file, binding: await loadBinding(resolve(file)) };
  return {
    selection: selectRevision(revisions, settings.to ?? bindings?.binding.revision),
    bindings,
    choices: await readChoices(settings, environment),
  };
}

/** The bindings that come with the default folder say nothing of another one. */
function bindingsOf({ bindings, impliedBindings, migrations }: ParsedSettings): string | undefined {
  const isDefault = relative(resolve("sql"), resolve(migrations)) === "";
  return bindings ?? (isDefault ? impliedBindings : undefined);
}
