import { z } from "zod";
import type { SqlRunner } from "./sql-runner.ts";

/** Server settings by name, custom ones included. */
export type Settings = Readonly<Record<string, string>>;

/** Sets them to the end of the transaction, or of the session. */
export async function setSettings(
  session: SqlRunner,
  settings: Settings,
  until: "transaction" | "session",
): Promise<void> {
  for (const [name, value] of Object.entries(settings))
    await session.run("select set_config($1, $2, $3)", [name, value, until === "transaction"]);
}

/** What they are now. A custom setting that is not there is empty, since PostgreSQL cannot forget one again. */
export async function currentSettings(
  session: SqlRunner,
  names: readonly string[],
): Promise<Settings> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const { rows } = await session.run("select current_setting($1, true) as value", [name]);
    found[name] = settingRow.parse(rows[0]).value ?? "";
  }
  return found;
}

const settingRow = z.object({ value: z.string().nullable() });
