/**
 * Goal: What a team writes itself is part of the gate: plain tests by their names, laws of its own by their ids, and
 * nothing that goes wrong in them leaves the gate green.
 * Method: Real processes of `scripts/verify.ts` in a copy of the checkout that has further specs.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import {
  openCheckout,
  readReport,
  startVerify,
  type Checkout,
  type Ended,
  openTemporary,
  type Temporary,
} from "./verify-process.ts";

let temporary: Temporary;
let copy: Checkout;
beforeEach(async () => {
  temporary = await openTemporary();
  copy = await openCheckout();
  onTestFinished(async () => {
    await temporary[Symbol.asyncDispose]();
    await copy[Symbol.asyncDispose]();
  });
});

test("laws written with the kit get verdicts like those that come with the tool", async () => {
  await writeFile(
    join(copy.path, "specs/laws/till.spec.ts"),
    tillSpec.replaceAll("HARNESS", "../../harness"),
  );

  const { code, stdout } = await verify("--effort", "quick", "--redis", "none", "--law", "till.*");

  expect(code).toBe(1);
  const { laws } = await readReport(reportFolder());
  expect(laws).toMatchObject([
    { id: "till.open", verdict: "holds", evidence: { comparisons: 1, met: { "a customer": 1 } } },
    {
      id: "till.right",
      verdict: "broken",
      witness: { happened: "the sum: 5", steps: [{ who: "ann" }] },
    },
    { id: "till.busy", verdict: "unknown", reason: expect.stringContaining("a queue") },
    { id: "till.online", verdict: "not-run", reason: expect.stringContaining("--redis") },
    { id: "till.torn", verdict: "unknown", reason: expect.stringContaining("the drawer is stuck") },
  ]);
  expect(stdout).toMatch(/1 hold, 1 broken, 2 unknown, 1 not run/);
});

test("a team's own spec is part of the gate, by its own name", async () => {
  // What is written here is the team's: the skipped one is to be told as not run.
  await writeFile(
    join(copy.path, "specs/laws/shop.spec.ts"),
    `import { expect, test } from "vitest";
     test("the shop is open", () => {});
     test("the till is right", () => { expect(2 + 2).toBe(5); });
     test.skip("the floor is clean", () => {});`,
  );

  const all = await verify("--effort", "quick", "--law", "the *", "--law", "lock.live");
  const { laws } = await readReport(reportFolder());
  const one = await verify("--effort", "quick", "--law", "the shop is open");

  expect(all.code).toBe(1);
  expect(laws.map(({ id, verdict }) => `${id}: ${verdict}`)).toEqual([
    "lock.live: holds",
    "the shop is open: holds",
    "the till is right: broken",
    "the floor is clean: not-run",
  ]);
  expect(all.stdout).toMatch(
    /happened {2}expected 4 to be 5 .*\(specs\/laws\/shop\.spec\.ts:3:\d+\)/,
  );
  expect(one.code).toBe(0);
});

test("a spec that cannot be loaded leaves the gate red, whatever was asked for", async () => {
  await writeFile(join(copy.path, "specs/laws/torn.spec.ts"), 'import "nowhere";');

  const { code, stdout } = await verify("--effort", "quick", "--law", "lock.live");

  expect(code).toBe(3);
  expect(stdout).toMatch(/^\? specs\/laws\/torn\.spec\.ts .*\n {2}unknown: .*nowhere/m);
});

test("a test that its author left to run alone does not hide the others", async () => {
  // What is written here is the team's: the one left alone is what this is about.
  await writeFile(
    join(copy.path, "specs/laws/only.spec.ts"),
    'import { test } from "vitest"; test.only("this", () => {}); test("that", () => {});',
  );

  const { code, stdout } = await verify("--effort", "quick", "--law", "th*");

  expect(code).toBe(1);
  expect(stdout).toMatch(/^✗ this .*\n {2}broken: .*only/m);
  expect(stdout).toMatch(/^\? that .*\n {2}not run: /m);
});

test("an error that no test waits for leaves the gate red", async () => {
  await writeFile(
    join(copy.path, "specs/laws/loose.spec.ts"),
    'import { test } from "vitest"; test("loose", () => { void Promise.reject(new Error("nobody saw")); });',
  );

  const { code, stdout } = await verify("--effort", "quick", "--law", "loose");

  expect(code).toBe(3);
  expect(stdout).toMatch(/unknown: .*nobody saw/);
});

function verify(...args: string[]): Promise<Ended> {
  const options = { cwd: copy.path, temporary: temporary.path };
  return startVerify([...args, "--report", reportFolder()], options).ended();
}

function reportFolder(): string {
  return join(copy.path, "report");
}

/** A subject with a law of each verdict. `HARNESS` stands for where the harness is. */
const tillSpec = `
import { createRecorder } from "HARNESS/explore/recorder.ts";
import { describeLaws } from "HARNESS/kit/describe-laws.ts";

const law = (id, change) => ({ id, claim: "the till", situations: [], trial: async () => {}, ...change });

await describeLaws({
  name: "till",
  part: () => "till",
  laws: [
    law("till.open", {
      situations: ["a customer"],
      async trial({ tally }) {
        tally.meet("a customer");
        tally.count("comparisons");
      },
    }),
    law("till.right", {
      async trial() {
        const judge = createRecorder("two and two");
        judge.begin("ann", "adds")("5");
        judge.demandEqual(5, 4, "the sum");
      },
    }),
    law("till.busy", { situations: ["a queue"] }),
    law("till.online", { needs: ["redis"] }),
    law("till.torn", {
      async trial() {
        throw new Error("the drawer is stuck");
      },
    }),
  ],
});
`;
