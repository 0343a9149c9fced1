/**
 * Goal: The printed command shows the same witness again: it says all that the verdict depends on, and no more.
 * Method: Commands for settings that differ from the defaults in one thing, read back as a shell would.
 */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { againCommand } from "../../../harness/verify/again-command.ts";
import { parseSettings, type Settings } from "../../../harness/verify/settings.ts";

test("with defaults it names the law and the seed", () => {
  expect(command({})).toBe("npx -y pnpm verify --law lock.fenced --seed 7");
});

test.for([
  [{ effort: "thorough" }, "--effort thorough"],
  [{ migrations: "../elsewhere" }, "--migrations ../elsewhere"],
  [{ to: "021_queue" }, "--to 021_queue"],
  [{ bindings: "own/binding.ts" }, "--bindings own/binding.ts"],
  [{ appRole: "worker" }, "--app-role worker"],
  [{ postgres: "embedded:16" }, "--postgres embedded:16"],
  [{ redis: "none" }, "--redis none"],
  [{ passwordFile: "pg.txt" }, "--password-file pg.txt"],
  [{ redisPasswordFile: "redis.txt" }, "--redis-password-file redis.txt"],
  [{ external: true }, "--external"],
] satisfies [Settings, string][])("%o is said again", ([settings, said]) => {
  expect(command(settings)).toBe(`npx -y pnpm verify --law lock.fenced --seed 7 ${said}`);
});

test("where the report goes, what is kept and which bindings are implied change no verdict", () => {
  const settings: Settings = { report: "elsewhere", keep: true, impliedBindings: "own.ts" };

  expect(command(settings)).toBe(command({}));
});

test("a shell reads back the very words, whatever is in them", () => {
  const migrations = 'it\'s $HOME; `x` \\ "y" *';

  const script = command({ migrations }).replace("npx -y pnpm verify", "printf '%s\\n'");

  const words = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\n");
  expect(words.slice(0, 6)).toEqual([
    "--law",
    "lock.fenced",
    "--seed",
    "7",
    "--migrations",
    migrations,
  ]);
});

function command(settings: Settings): string {
  return againCommand("lock.fenced", 7, parseSettings(settings));
}
