import { z } from "zod";
import type { Frozen } from "./frozen.ts";
import { type ProductionRecord, productionRecord } from "./production-record.ts";

/** How far a revision has come on one database, as its records tell. */
const signoffStates = [
  "applied and checked",
  "applied, not checked since",
  "rolled back",
  "not applied",
  "not known",
] as const;

/** `signoff-<revision>.json`: all records of a revision on one database, from which the two pages are made. */
export const signoffFile = z
  .strictObject({
    rehearsal: z.string().meta({ description: "The tool's version." }),
    revision: z.strictObject({ to: z.string(), from: z.string().nullable(), hash: z.string() }),
    database: productionRecord.shape.database,
    state: z.enum(signoffStates),
    /** Who signs, in the order of the table. */
    roles: z.array(z.string()),
    records: z.array(
      z.strictObject({
        file: z.string(),
        sha256: z.string().meta({ description: "Of the file as it was." }),
        record: productionRecord,
      }),
    ),
  })
  .meta({ title: "Rehearsal sign-off" });

export type Signoff = Frozen<z.infer<typeof signoffFile>>;
export type SignoffState = Signoff["state"];

/** The last command that changed the database, or tried to, decides; then whether it was looked at since. */
export function stateOf(records: readonly ProductionRecord[]): SignoffState {
  const changes = records.filter(
    ({ command, verdict }) => changing.has(command) && verdict !== "no-go",
  );
  const last = changes.at(-1);
  if (last === undefined) return "not applied";
  if (last.verdict === "unknown" && !wasUndone(last)) return "not known";
  if (last.command === "rollback") return "rolled back";
  const since = records.slice(records.indexOf(last));
  const checked = since.findLast(({ command }) => command === "postflight");
  return checked?.verdict === "go" ? "applied and checked" : "applied, not checked since";
}

const changing: ReadonlySet<string> = new Set(["apply", "rollback"]);

/** Nothing was changed where a check before the change could not be told. */
function wasUndone({ checks, command }: ProductionRecord): boolean {
  return checks.every(({ name }) => name !== command);
}
