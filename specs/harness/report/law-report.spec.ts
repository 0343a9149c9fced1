/**
 * Goal: Whoever reads `verify.json` finds what the schema beside the code promises, and the exit code fits the laws.
 * Method: The schema is made again and compared with the file; reports are parsed; exit codes are asked for.
 */
import { expect, test } from "vitest";
import { z } from "zod";
import { exitCodeOf, verifyReport } from "../../../harness/report/law-report.ts";
import { broken, holding, notRun, reportOf, unknown } from "./example-laws.ts";

test("the JSON schema in the repository is the one that the code makes", async () => {
  const schema = `${JSON.stringify(z.toJSONSchema(verifyReport), null, 2)}\n`;

  await expect(schema).toMatchFileSnapshot("../../../harness/report/verify.schema.json");
});

test("a report of laws of every verdict fits the schema", () => {
  const report = reportOf(holding, broken, unknown, notRun);

  expect(verifyReport.parse(report)).toEqual(report);
});

test.for([
  { field: "an unknown field", report: { ...reportOf(holding), more: 1 } },
  {
    field: "another verdict",
    report: { ...reportOf(), laws: [{ ...holding, verdict: "passed" }] },
  },
  { field: "an exit code that there is not", report: { ...reportOf(holding), exitCode: 4 } },
])("$field does not fit the schema", ({ report }) => {
  expect(verifyReport.safeParse(report).success).toBe(false);
});

test.for([
  { laws: [holding], code: 0 },
  { laws: [holding, broken, unknown], code: 1 },
  { laws: [holding, unknown], code: 3 },
  { laws: [holding, notRun], code: 3 },
  { laws: [], code: 3 },
])("$laws.length laws end with exit code $code", ({ laws, code }) => {
  expect(exitCodeOf(laws)).toBe(code);
});
