/**
 * Goal: `pnpm bench` measures what it is asked for, says of how many runs each figure is, and leaves nothing behind.
 * Method: Real processes of `scripts/bench.ts`, with a temporary folder of their own; whole runs in a copy of the checkout
 * that has one law only.
 */
import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import {
  type Checkout,
  checkout,
  openCheckout,
  openTemporary,
  type Temporary,
} from "./verify-process.ts";

let temporary: Temporary;
beforeEach(async () => {
  temporary = await openTemporary();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
});

test("servers, a clone, a law and checks of histories, each in a line with its runs and its aim", async () => {
  const only = ["server-cold", "server-warm", "clone", "law", "linearize"];
  const { code, stdout } = await bench(...only.flatMap((name) => ["--only", name]), "--runs", "2");

  expect(code).toBe(0);
  expect(stdout).toMatch(/^Medians of one run on \d+ cores, Node 24\./);
  expect(stdout).toMatch(/^server-cold .* 2 +\S+ \w+ to \S+ \w+$/m);
  expect(stdout).toMatch(/^server-warm .* 2 .* ≤ 250 ms: (met|missed)$/m);
  expect(stdout).toMatch(/^clone .*[\d.]+ × +2 .* ≤ 1\.30 ×: (met|missed)\n +\(.+ beside .+\)$/m);
  expect(stdout).toMatch(/^law .* 2 /m);
  expect(stdout).toMatch(/^linearize .* \d+ \/s +2 +\d+ \/s to \d+ \/s$/m);
  expect(stdout).not.toContain("verify-");
  expect(await temporary.leftovers()).toEqual([]);
});

test("whole runs of verify, from the start of a process to its end", async () => {
  await using copy = await openCheckoutWith("test('one', () => {});");

  const { code, stdout } = await benchIn(copy.path, "--only", "verify-quick", "--runs", "1");

  expect({ code, stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^verify-quick .* \w+ +1 .* ≤ 8\.00 s: (met|missed)$/m),
  });
  expect(await temporary.leftovers()).toEqual([]);
});

test("a run in which not every law holds is no measure", async () => {
  await using copy = await openCheckoutWith("test('one', () => { throw new Error('no'); });");

  const { code, stdout } = await benchIn(copy.path, "--only", "verify-quick", "--runs", "1");

  expect(code).toBe(3);
  expect(stdout).toMatch(/^verify-quick .* - +0\n {2}not measured: verify ended with 1/m);
  expect(stdout).toMatch(/0 hold, 1 broken/);
  expect(await temporary.leftovers()).toEqual([]);
});

test("what there is not to measure is bad input", async () => {
  const unknown = await bench("--only", "tea");
  const tooFew = await bench("--runs", "0");

  expect([unknown.code, tooFew.code]).toEqual([2, 2]);
  expect(unknown.stderr).toMatch(/server-cold, server-warm, .* --help/);
});

function bench(...args: string[]) {
  return benchIn(checkout, ...args);
}

async function benchIn(cwd: string, ...args: string[]) {
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", TMPDIR: temporary.path };
  const words = ["scripts/bench.ts", ...args];
  return await promisify(execFile)(process.execPath, words, { cwd, env }).then(
    (printed) => ({ code: 0, ...printed }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      stdout,
      stderr,
    }),
  );
}

/** A checkout whose only law is this test. */
async function openCheckoutWith(own: string): Promise<Checkout> {
  const copy = await openCheckout();
  await rm(join(copy.path, "specs/laws"), { recursive: true });
  await mkdir(join(copy.path, "specs/laws"));
  await writeFile(
    join(copy.path, "specs/laws/one.spec.ts"),
    `import { test } from "vitest"; ${own}`,
  );
  return copy;
}
