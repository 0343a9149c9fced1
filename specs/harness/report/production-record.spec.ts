/**
 * Goal: a command comes to what its checks come to: one that says no decides, what could not be told is no pass, and
 * nothing looked at is nothing known; a record that was changed by hand is none.
 * Method: verdicts are put together in all ways that matter, and records are read with one field wrong.
 */
import { expect, test } from "vitest";
import { z } from "zod";
import { overallOf, productionRecord } from "../../../harness/report/production-record.ts";
import { recordOf } from "../production/example-record.ts";

test("the JSON schema in the repository is the one that the code makes", async () => {
  const schema = `${JSON.stringify(z.toJSONSchema(productionRecord), null, 2)}\n`;

  await expect(schema).toMatchFileSnapshot("../../../harness/report/production-record.schema.json");
});

test.each([
  [["go", "noted"], "go"],
  [["go", "unknown"], "unknown"],
  [["unknown", "no-go", "go"], "no-go"],
  [["noted"], "unknown"],
  [[], "unknown"],
] as const)("%j come to %s", (verdicts, overall) => {
  expect(overallOf(verdicts.map((verdict) => ({ verdict })))).toBe(overall);
});

test.each([
  ["a field that there is not", { extra: 1 }],
  ["a verdict that there is not", { verdict: "perhaps" }],
  ["a time that is none", { startedAt: "yesterday" }],
])("%s makes it no record", (_, change) => {
  const record = recordOf("apply", "go");

  expect(productionRecord.safeParse(record).success).toBe(true);
  expect(productionRecord.safeParse({ ...record, ...change }).success).toBe(false);
});
