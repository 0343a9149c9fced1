import { readFile, writeFile } from "node:fs/promises";
import { Command } from "commander";
import { z } from "zod";
import { keepSignals } from "../harness/verify/keep-signals.ts";
import { keepCompiled } from "./keep-compiled.ts";
import { runScript } from "./run-script.ts";

const resultsFile = "report/test-results.json";

/** What vitest writes, as far as it is counted here; the rest passes through. */
const testResults = z.looseObject({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  testResults: z.array(
    z.looseObject({
      status: z.string(),
      assertionResults: z.array(z.looseObject({ status: z.string() })),
    }),
  ),
});

const command = new Command("test")
  .description(
    "Runs the project's own tests; closes with a line of what passed, failed and was skipped.",
  )
  .argument("[filters...]", "parts of spec file paths (default: all)")
  .exitOverride();

await runScript(async () => {
  command.parse();
  keepCompiled();
  const { createVitest } = await import("vitest/node");
  const vitest = await keepSignals(() =>
    createVitest("test", {
      watch: false,
      reporters: ["default", "json"],
      outputFile: { json: resultsFile },
    }),
  );
  try {
    await vitest.start(command.args);
  } finally {
    await vitest.close();
  }
  const results = testResults.parse(JSON.parse(await readFile(resultsFile, "utf8")));
  const failed = results.numFailedTests + brokenFiles(results);
  await writeFile(resultsFile, JSON.stringify({ ...results, numFailedTests: failed }));
  const skipped = results.numPendingTests + results.numTodoTests;
  console.log(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
  return failed > 0 || results.numPassedTests === 0 || process.exitCode === 1 ? 1 : 0;
});

/** Files that failed although none of their tests did: they could not be loaded, or a hook failed. */
function brokenFiles({ testResults: files }: z.infer<typeof testResults>): number {
  return files.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((test) => test.status !== "failed"),
  ).length;
}
