/**
 * Goal: `pnpm bench` measures what it is asked for, says of how many runs each figure is, and leaves nothing behind.
 * Method: Real processes of `scripts/bench.ts`, with a temporary folder of their own.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { checkout, openTemporary, type Temporary } from "./verify-process.ts";

let temporary: Temporary;
beforeEach(async () => {
  temporary = await openTemporary();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
});

test("servers, a clone and a law, each in a line with its runs and its aim", async () => {
  const only = ["server-cold", "server-warm", "clone", "law"];
  const { code, stdout } = await bench(...only.flatMap((name) => ["--only", name]), "--runs", "2");

  expect(code).toBe(0);
  expect(stdout).toMatch(/^Medians of one run on \d+ cores, Node 24\./);
  expect(stdout).toMatch(/^server-cold .* 2 +\S+ \w+ to \S+ \w+$/m);
  expect(stdout).toMatch(/^server-warm .* 2 .* ≤ 250 ms: (met|missed)$/m);
  expect(stdout).toMatch(/^clone .*[\d.]+ × +2 .* ≤ 1\.30 ×: (met|missed)\n +\(.+ beside .+\)$/m);
  expect(stdout).toMatch(/^law .* 2 /m);
  expect(stdout).not.toContain("verify-");
  expect(await temporary.leftovers()).toEqual([]);
});

test("a whole run of verify", async () => {
  const { code, stdout } = await bench("--only", "verify-quick", "--runs", "1");

  expect({ code, stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^verify-quick .*[\d.]+ s +1 .* ≤ 5\.00 s: (met|missed)$/m),
  });
  expect(await temporary.leftovers()).toEqual([]);
});

test("what there is not to measure is bad input", async () => {
  const unknown = await bench("--only", "tea");
  const tooFew = await bench("--runs", "0");

  expect([unknown.code, tooFew.code]).toEqual([2, 2]);
  expect(unknown.stderr).toMatch(/server-cold, server-warm, .* --help/);
});

async function bench(...args: string[]) {
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", TMPDIR: temporary.path };
  const options = { cwd: checkout, env };
  const words = ["scripts/bench.ts", ...args];
  const ended = await promisify(execFile)(process.execPath, words, options).then(
    (printed) => ({ code: 0, ...printed }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  const { code, stdout, stderr } = ended;
  return { code, stdout, stderr };
}
