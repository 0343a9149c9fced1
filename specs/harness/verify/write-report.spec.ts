/**
 * Goal: A report that was written is whole, whoever else writes one at the same time.
 * Method: Reports are written into folders that are there, are not, and cannot be made.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { verifyReport } from "../../../harness/report/law-report.ts";
import { prepareReportFolder, writeReport } from "../../../harness/verify/write-report.ts";
import { broken, holding, reportOf } from "../report/example-laws.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "write-report-"));
  onTestFinished(() => rm(folder, { recursive: true }));
});

test("both files stand in the folder, and nothing half-written beside them", async () => {
  const deep = join(folder, "new", "deep");
  await prepareReportFolder(deep);

  await writeReport(deep, reportOf(holding));

  expect(await readdir(deep)).toEqual(["junit.xml", "verify.json"]);
});

test("two writers at once leave one whole report", async () => {
  const one = reportOf(holding);
  const other = reportOf(...Array.from({ length: 200 }, () => broken));

  await Promise.all([one, other, one, other].map((report) => writeReport(folder, report)));

  const text = await readFile(join(folder, "verify.json"), "utf8");
  expect([one, other]).toContainEqual(verifyReport.parse(JSON.parse(text)));
  expect(await readdir(folder)).toEqual(["junit.xml", "verify.json"]);
});

test("a folder that cannot be made is told before anything is run", async () => {
  await writeFile(join(folder, "file"), "");

  await expect(prepareReportFolder(join(folder, "file", "report"))).rejects.toMatchObject({
    code: "NO_REPORT_FOLDER",
    exitCode: 2,
    message: expect.stringContaining("--report"),
  });
});
