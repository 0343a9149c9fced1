import { fileURLToPath } from "node:url";
import type { Rehearsal } from "../laws/rehearsal.ts";
import type { Effort } from "../verdict/effort.ts";
import { keepSignals } from "./keep-signals.ts";
import { createLawReporter, type LawListener } from "./law-reporter.ts";

/** vitest, ready to run the law specs once there are servers. */
export interface LawRunner extends AsyncDisposable {
  /**
   * Runs the law specs, the team's own among them, on the servers of a rehearsal, and returns when the last has ended.
   * What vitest thinks of them does not count: the verdicts do.
   */
  run(rehearsal: Rehearsal, listener: LawListener): Promise<void>;
}

/** Takes half a second, which the servers need as well: open both at once. */
export async function openLawRunner(effort: Effort, laws: readonly string[]): Promise<LawRunner> {
  await using opening = new AsyncDisposableStack();
  const { exitCode } = process;
  opening.defer(() => {
    process.exitCode = exitCode;
  });
  let listening: LawListener | undefined;
  const listener: LawListener = {
    found: (howMany) => listening?.found(howMany),
    begun: (lawId) => listening?.begun(lawId),
    ended: (law) => listening?.ended(law),
  };
  const { createVitest } = await import("vitest/node");
  const vitest = await keepSignals(() =>
    createVitest("test", {
      root,
      config: fileURLToPath(new URL("../../vitest.config.ts", import.meta.url)),
      // Node reads it as it is; bundling it first takes longer.
      configLoader: "native",
      project: ["laws"],
      watch: false,
      ...workersFor(laws),
      // Two runs side by side would write one file of it.
      cache: false,
      reporters: [createLawReporter(laws, listener)],
      testTimeout: effort === "thorough" ? 0 : lawTimeoutMs,
      passWithNoTests: true,
      // A forgotten `test.only` would leave laws out without a word.
      allowOnly: false,
    }),
  );
  opening.defer(() => vitest.close());
  const opened = opening.move();
  return {
    async run(rehearsal, heard) {
      listening = heard;
      vitest.provide("rehearsal", rehearsal);
      await vitest.start();
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** A worker more takes a second of the machine before it tries anything: one law needs no second one. */
function workersFor(laws: readonly string[]): { maxWorkers?: number } {
  return laws.length === 1 && /^[\w.-]+$/u.test(laws.join()) ? { maxWorkers: 1 } : {};
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const lawTimeoutMs = 120_000;
