import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes longest begins first, so that no worker is left alone with it at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(specs: TestSpecification[]): Promise<TestSpecification[]> {
    const subjects = ["lock", "migration", "outbox", "archive", "replay", "apart"];
    const tried = ["/twins/", "/laws/"].flatMap((folder) => subjects.map((each) => folder + each));
    const order = [...tried, "/readme", "/verify-command"];
    const place = ({ moduleId }: TestSpecification): number =>
      [...order, ""].findIndex((part) => moduleId.includes(part));
    return specs.toSorted((one, other) => place(one) - place(other));
  }
}

/**
 * `laws` is what `pnpm verify` runs; the others are what only `pnpm test` adds. `processes` holds the specs that start
 * whole runs, two files of them at once, and `serial` those that must have the machine to themselves: they demand that
 * something is over in time, or start containers.
 */
export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Laws wait for servers more than they compute: two at once keep even one core busy.
    maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
    // Node runs the sources as they are: nothing to transform, nothing to cache, and the stack traces are true.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    passWithNoTests: true,
    globalSetup: ["specs/global-setup.ts"],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "laws",
          include: ["specs/laws/**/*.spec.ts"],
          setupFiles: ["harness/kit/skip-unasked.ts"],
          pool: "threads",
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "harness",
          include: ["specs/harness/**/*.spec.ts"],
          exclude: ["specs/harness/processes/**", "specs/harness/serial/**"],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "processes",
          include: ["specs/harness/processes/**/*.spec.ts"],
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "serial",
          include: ["specs/harness/serial/**/*.spec.ts"],
          fileParallelism: false,
        },
      },
    ],
  },
});
