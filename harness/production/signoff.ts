import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readMigrations } from "../migrations/read-migrations.ts";
import { migrationsHash, selectRevision } from "../migrations/revision.ts";
import { renderHtml } from "../report/render-html.ts";
import { renderMarkdown } from "../report/render-markdown.ts";
import { type Signoff, signoffFile, stateOf } from "../report/signoff.ts";
import { signoffPage } from "../report/signoff-page.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Output } from "../verify/output.ts";
import { toolVersion } from "../verify/tool-version.ts";
import { writeWhole } from "../verify/write-whole.ts";
import { readRecords } from "./keep-record.ts";
import type { SignoffSettings } from "./settings.ts";

/**
 * The whole of `pnpm signoff`: gathers the records of a revision on one database into a JSON file, and writes it as a page
 * of Markdown and one of HTML. Answers with the exit code: 0 if the revision is applied and was checked since, else 1.
 */
export async function signoff(settings: SignoffSettings, output: Output): Promise<0 | 1> {
  if (settings.check) return await checkSignoff(settings, output);
  const { selected, records } = await select(settings);
  const newest = records.at(-1);
  if (newest === undefined) throw nothingToSign(settings.records, selected.id);
  const { revision, database } = newest.record;
  const gathered: Signoff = {
    rehearsal: await toolVersion(),
    revision: { to: revision.to, from: revision.from, hash: revision.hash },
    database,
    state: stateOf(records.map(({ record }) => record)),
    roles: settings.signer,
    records: records.map(({ file, text, record }) => ({ file, sha256: sha256(text), record })),
  };
  for (const [ending, text] of filesOf(gathered)) {
    const file = join(settings.records, `signoff-${revision.to}.${ending}`);
    await writeWhole(file, text);
    output.line(file);
  }
  output.line(`${output.palette.strong(revision.to)}: ${gathered.state}`);
  return gathered.state === "applied and checked" ? 0 : 1;
}

/** Makes the pages again from the JSON file and compares, and the records that it was made of with theirs. */
async function checkSignoff(
  { records: folder, ...settings }: SignoffSettings,
  output: Output,
): Promise<0 | 1> {
  const { selected } = await select({ ...settings, records: folder });
  const path = (ending: string): string => join(folder, `signoff-${selected.id}.${ending}`);
  const kept = parse(path("json"), await textOf(path("json")));
  const troubles: string[] = [];
  for (const [ending, text] of filesOf(kept))
    if ((await textOf(path(ending))) !== text)
      troubles.push(`${path(ending)} is not what its JSON says`);
  for (const { file, sha256: hash, record } of kept.records) {
    const text = await textOf(join(folder, file));
    if (sha256(text) !== hash) troubles.push(`${join(folder, file)} was changed since`);
    else if (JSON.stringify(JSON.parse(text)) !== JSON.stringify(record))
      troubles.push(`${path("json")} does not hold what ${file} says`);
  }
  if (kept.state !== stateOf(kept.records.map(({ record }) => record)))
    troubles.push(`${path("json")} says "${kept.state}", and its records do not`);
  for (const trouble of troubles) output.line(`${output.palette.bad("✗")} ${trouble}`);
  if (troubles.length === 0)
    output.line(
      `${output.palette.good("✓")} ${kept.records.length} records and both pages are as they were signed`,
    );
  return troubles.length === 0 ? 0 : 1;
}

function filesOf(gathered: Signoff): readonly (readonly [ending: string, text: string])[] {
  const page = signoffPage(gathered);
  return [
    ["json", `${JSON.stringify(gathered, null, 2)}\n`],
    ["md", renderMarkdown(page)],
    ["html", renderHtml(page)],
  ];
}

async function select({ records: folder, migrations, to, database }: SignoffSettings) {
  const { revision, before } = selectRevision(await readMigrations(migrations), to);
  const hash = migrationsHash([...before, revision]);
  const all = (await readRecords(folder)).filter(
    ({ record }) =>
      record.revision.hash === hash &&
      (database === undefined || record.database.name === database),
  );
  const places = new Set(all.map(({ record }) => record.database.place));
  if (places.size > 1) {
    const names = [
      ...new Set(all.map(({ record }) => `${record.database.name} at ${record.database.server}`)),
    ];
    throw new RehearsalError(
      "SEVERAL_DATABASES",
      `The records in ${folder} are of several databases: ${names.join(", ")}. Nothing was written. ` +
        "Name one with --database, or give each a folder of its own with --records.",
    );
  }
  return { selected: revision, records: all };
}

function nothingToSign(folder: string, id: string): RehearsalError {
  return new RehearsalError(
    "NOTHING_TO_SIGN",
    `There is no record of ${id} in ${folder}, or only of other SQL than it has now. Nothing was written. ` +
      "Run pnpm preflight first, or name the folder with --records.",
  );
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new RehearsalError(
      "SIGNOFF_NOT_READ",
      `${file} could not be read: ${cause instanceof Error ? cause.message : String(cause)}. Nothing was checked.`,
      { cause },
    );
  }
}

function parse(file: string, text: string): Signoff {
  try {
    return signoffFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new RehearsalError(
      "SIGNOFF_NOT_READ",
      `${file} is no sign-off: ${cause instanceof Error ? cause.message : String(cause)}. Nothing was checked.`,
      { cause },
    );
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
