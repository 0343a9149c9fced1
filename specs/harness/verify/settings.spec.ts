/**
 * Goal: What a person says on the command line is either understood or refused before anything is run.
 * Method: Settings are parsed that say nothing, everything, and what cannot be.
 */
import { expect, test } from "vitest";
import { parseSettings } from "../../../harness/verify/settings.ts";

test("who says nothing gets every default", () => {
  expect(parseSettings({})).toEqual({
    migrations: "sql",
    postgres: "embedded",
    redis: "auto",
    effort: "default",
    law: [],
    report: "report",
    keep: false,
    external: false,
  });
});

test("a seed is read from text", () => {
  expect(parseSettings({ seed: "42" })).toMatchObject({ seed: 42 });
});

test.for([
  { said: { seed: "many" }, flag: "--seed" },
  { said: { seed: "-1" }, flag: "--seed" },
  { said: { seed: "1.5" }, flag: "--seed" },
  { said: { appRole: "r".repeat(64) }, flag: "--app-role" },
  { said: { migrations: "" }, flag: "--migrations" },
])("$said is refused with a line that names $flag", ({ said, flag }) => {
  expect(() => parseSettings(said)).toThrow(
    expect.objectContaining({
      code: "BAD_OPTIONS",
      exitCode: 2,
      message: expect.stringContaining(`  ${flag}: `),
    }),
  );
});

test("all that is wrong is told at once", () => {
  expect(() => parseSettings({ seed: "x", report: "" })).toThrow(/--seed: .*\n.*--report: /);
});
