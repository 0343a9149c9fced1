import { fileURLToPath } from "node:url";
import { createVitest } from "vitest/node";
import type { Rehearsal } from "../laws/rehearsal.ts";
import { createLawReporter, type LawListener } from "./law-reporter.ts";
import { keepSignals } from "./keep-signals.ts";

/**
 * Runs the law specs, the team's own among them, on the servers of a rehearsal, and returns when the last has ended.
 * What vitest thinks of them does not count: the verdicts do.
 */
export async function runLaws(rehearsal: Rehearsal, listener: LawListener): Promise<void> {
  using _ = keepSignals();
  const exitCode = process.exitCode;
  const vitest = await createVitest("test", {
    root,
    config: fileURLToPath(new URL("../../vitest.config.ts", import.meta.url)),
    project: ["laws"],
    watch: false,
    reporters: [createLawReporter(rehearsal.laws, listener)],
    provide: { rehearsal },
    testTimeout: rehearsal.effort === "thorough" ? 0 : lawTimeoutMs,
    passWithNoTests: true,
    // A forgotten `test.only` would leave laws out without a word.
    allowOnly: false,
  });
  try {
    await vitest.start();
  } finally {
    await vitest.close();
    process.exitCode = exitCode;
  }
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const lawTimeoutMs = 120_000;
