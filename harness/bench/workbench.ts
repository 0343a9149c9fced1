import { randomBytes } from "node:crypto";
import { createDatabase, type Database, databaseName } from "../postgres/database.ts";
import type { Environment } from "../verify/environment.ts";
import { openRehearsal, type OpenRehearsal } from "../verify/open-rehearsal.ts";
import type { Run } from "../verify/open-run.ts";
import { type Input, readInput } from "../verify/read-input.ts";
import { parseSettings } from "../verify/settings.ts";
import type { Figure } from "./render-figure.ts";

/** What the figures are taken of. */
export interface Workbench {
  readonly environment: Environment;
  /** The bindings that go with the default migrations. */
  readonly impliedBindings: string;
  /** What `pnpm verify` runs. */
  readonly verifyScript: string;
}

/** How one measure is taken, so many times. Fails with a `RehearsalError` if this machine does not let it be taken. */
export type Take = (
  runs: number,
  run: Run,
  workbench: Workbench,
) => Promise<Pick<Figure, "values" | "note">>;

/** The default migrations on an embedded PostgreSQL, without Redis. */
export interface Bare extends OpenRehearsal {
  readonly input: Input;
}

export async function openBare(run: Run, workbench: Workbench): Promise<Bare> {
  const { environment, impliedBindings } = workbench;
  const settings = parseSettings({ impliedBindings, redis: "none", effort: "quick", seed: 1 });
  const input = await readInput(settings, environment);
  return { ...(await openRehearsal({ run, settings, environment, input })), input };
}

/** A database of the measure's own: a clone of a template, or empty for `template0`. */
export function openScratch({ data }: Bare, template: string): Promise<Database> {
  const name = databaseName(data.tenancy, `b${randomBytes(4).toString("hex")}`);
  return createDatabase(data.tenancy, name, template);
}
