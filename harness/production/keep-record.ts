import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  exitCodeByVerdict,
  overallOf,
  type ProductionRecord,
  productionRecord,
  type RecordedCommand,
} from "../report/production-record.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { toolVersion } from "../verify/tool-version.ts";
import { writeWhole } from "../verify/write-whole.ts";
import type { Errand } from "./errand.ts";

/** What a command saw and did, by the time it ends. */
export interface Outcome {
  readonly checks: ProductionRecord["checks"];
  readonly facts: Readonly<Record<string, string>>;
}

/** Makes the folder of the records before anything is done, so that nothing is done without one. */
export async function prepareRecords(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new RehearsalError(
      "NO_RECORDS_FOLDER",
      `The folder of the records, ${folder}, could not be made: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        "Nothing was run. Name another folder with --records.",
      { cause },
    );
  }
}

/** Writes a record into a file of its own, which is never written over, and answers with both. */
export async function keepRecord(
  errand: Errand,
  command: RecordedCommand,
  startedAt: Date,
  { checks, facts }: Outcome,
): Promise<{ readonly record: ProductionRecord; readonly file: string }> {
  const { target, selection, folder, hash, who } = errand;
  const { host, port, version } = target.address;
  const verdict = overallOf(checks);
  const record: ProductionRecord = {
    rehearsal: await toolVersion(),
    command,
    revision: { folder, from: selection.revision.previousId, to: selection.revision.id, hash },
    database: {
      name: target.database,
      server: host.startsWith("/") ? host : `${host}:${port}`,
      place: target.place,
      version,
      role: target.role,
    },
    who,
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    checks,
    facts,
    verdict,
    exitCode: exitCodeByVerdict[verdict],
  };
  const file = join(
    errand.records,
    `${startedAt.toISOString().replaceAll(/[-:.]/g, "")}-${command}.json`,
  );
  await writeWhole(file, `${JSON.stringify(record, null, 2)}\n`);
  return { record, file };
}

/** All records of a folder in the order of their time. Fails with `RECORD_NOT_READ` about one that is none. */
export async function readRecords(
  folder: string,
): Promise<
  readonly { readonly file: string; readonly text: string; readonly record: ProductionRecord }[]
> {
  const names = (await readdir(folder).catch(noFolder)).filter((name) =>
    /^\d{8}T\d+Z-[a-z-]+\.json$/u.test(name),
  );
  return await Promise.all(
    names.toSorted().map(async (name) => {
      const text = await readFile(join(folder, name), "utf8");
      return { file: name, text, record: parseRecord(join(folder, name), text) };
    }),
  );
}

function parseRecord(file: string, text: string): ProductionRecord {
  try {
    return productionRecord.parse(JSON.parse(text));
  } catch (cause) {
    throw new RehearsalError(
      "RECORD_NOT_READ",
      `The record ${file} could not be read: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        "Somebody may have changed it. Put it aside, or name another folder with --records.",
      { cause },
    );
  }
}

/** A folder that nobody has made yet holds no record. */
function noFolder(error: unknown): [] {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
  throw error;
}
