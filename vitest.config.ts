import { defineConfig } from "vitest/config";

/**
 * `laws` is what `pnpm verify` runs, `harness` and `serial` are what only `pnpm test` adds. `serial` holds the specs
 * that start whole processes or containers, which would starve one another on two cores.
 */
export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      { test: { name: "laws", include: ["specs/laws/**/*.spec.ts"], pool: "threads" } },
      {
        test: {
          name: "harness",
          include: ["specs/harness/**/*.spec.ts"],
          exclude: ["specs/harness/serial/**"],
        },
      },
      {
        test: {
          name: "serial",
          include: ["specs/harness/serial/**/*.spec.ts"],
          fileParallelism: false,
        },
      },
    ],
  },
});
