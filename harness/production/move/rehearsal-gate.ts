import { readFile } from "node:fs/promises";
import { verifyReport } from "../../report/law-report.ts";
import type { Errand } from "../errand.ts";
import { readRecords } from "../keep-record.ts";
import { type Finding, go, noGo, noted } from "../finding.ts";

/** The same SQL was rehearsed, all laws of it, and they hold; or somebody says why it goes without. */
export async function checkRehearsal(
  file: string,
  withoutBecause: string | undefined,
  { hash, selection }: Pick<Errand, "hash" | "selection">,
): Promise<Finding> {
  if (withoutBecause !== undefined) return noted(`without a rehearsal: ${withoutBecause}`);
  const remedy = `run pnpm verify, or say why it goes without with --without-rehearsal`;
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return noGo(`there is no rehearsal in ${file}: ${remedy}`);
  }
  const parsed = verifyReport.safeParse(safeJson(text));
  if (!parsed.success) return noGo(`${file} is no report of a rehearsal: ${remedy}`);
  const { migrations, exitCode, effort, seed, laws, asked, startedAt, postgres } = parsed.data;
  if (migrations.hash !== hash)
    return noGo(`${file} is of other SQL than ${selection.revision.id} has now: ${remedy}`);
  if (asked.length > 0)
    return noGo(`${file} is of some laws only (${asked.join(", ")}): ${remedy}`);
  if (exitCode !== 0) return noGo(`in ${file} not all laws hold: look there first`);
  return go(
    `${laws.length} laws hold on PostgreSQL ${postgres} at ${effort} effort, seed ${seed}, since ${startedAt}`,
  );
}

/** How long a preflight counts, in milliseconds. */
const preflightCountsMs = 10 * 60 * 1000;

/** The last preflight of this SQL on this database says go, and is not too old. */
export async function checkPreflight(
  {
    records,
    hash,
    target,
  }: Pick<Errand, "records" | "hash"> & { readonly target: Pick<Errand["target"], "place"> },
  now: Date,
): Promise<Finding> {
  const here = (await readRecords(records))
    .map(({ record }) => record)
    .filter(({ revision, database }) => revision.hash === hash && database.place === target.place);
  const last = here.findLast(({ command }) => command === "preflight");
  const remedy = "run pnpm preflight";
  if (last === undefined)
    return noGo(`there is no preflight of this SQL on this database in ${records}: ${remedy}`);
  if (last.verdict !== "go")
    return noGo(`the last preflight, of ${last.endedAt}, does not say go: ${remedy}`);
  const change = here
    .slice(here.indexOf(last))
    .find(({ command, verdict }) => verdict === "go" && changing.has(command));
  if (change !== undefined)
    return noGo(
      `the last preflight is from before the ${change.command} of ${change.endedAt}: ${remedy} again`,
    );
  const ageMs = now.getTime() - Date.parse(last.endedAt);
  const minutes = Math.floor(ageMs / 60_000);
  if (ageMs > preflightCountsMs)
    return noGo(`the last preflight is ${minutes} minutes old, and counts for 10: ${remedy} again`);
  return go(`the preflight of ${last.endedAt} says go`);
}

/** After these a database is another one than it was. */
const changing: ReadonlySet<string> = new Set(["apply", "rollback"]);

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
