import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { VerifyReport } from "../report/law-report.ts";
import { renderJunit } from "../report/render-junit.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { writeWhole } from "./write-whole.ts";

/** Makes the report folder before anything is tried, so that a run is not lost for want of a place to write to. */
export async function prepareReportFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new RehearsalError(
      "NO_REPORT_FOLDER",
      `The report folder ${folder} could not be made: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        "Nothing was run. Name another folder with --report.",
      { cause },
    );
  }
}

/** Writes `verify.json` and `junit.xml`; a reader never sees half a file. */
export async function writeReport(folder: string, report: VerifyReport): Promise<void> {
  await writeWhole(join(folder, "verify.json"), `${JSON.stringify(report, null, 2)}\n`);
  await writeWhole(join(folder, "junit.xml"), renderJunit(report));
}
