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

test("laws written with the kit get verdicts like those that come with the tool, plain tests theirs, and one left to run alone hides none", async () => {
  await write("till.spec.ts", tillSpec.replaceAll("HARNESS", "../../harness"));
  // What is written here is the team's: the skipped one is to be told as not run.
  await write(
    "shop.spec.ts",
    `import { expect, test } from "vitest";
     test("the shop is open", () => {});
     test("the till is right", () => { expect(2 + 2).toBe(5); });
     test.skip("the floor is clean", () => {});`,
  );
  // And so is the one left alone, which must not hide its neighbour.
  await write(
    "only.spec.ts",
    'import { test } from "vitest"; test.only("this", () => {}); test("that", () => {});',
  );

  const asked = ["till.*", "th*", "lock.input"].flatMap((law) => ["--law", law]);
  const { code, stdout } = await verify("--effort", "quick", "--redis", "none", ...asked);

  expect(code).toBe(1);
  const { laws } = await readReport(reportFolder());
  expect(laws.find(({ id }) => id === "lock.input")).toMatchObject({ verdict: "holds" });
  expect(laws.filter(({ id }) => id.startsWith("till."))).toMatchObject([
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
  expect(laws.filter(({ id }) => id.startsWith("the "))).toMatchObject([
    { id: "the shop is open", verdict: "holds" },
    { id: "the till is right", verdict: "broken" },
    { id: "the floor is clean", verdict: "not-run" },
  ]);
  expect(stdout).toMatch(/happened {2}expected 4 to be 5 .*\(specs\/laws\/shop\.spec\.ts:3:\d+\)/);
  expect(stdout).toMatch(/^✗ this .*\n {2}broken: .*only/m);
  expect(stdout).toMatch(/^\? that .*\n {2}not run: /m);
  expect(stdout).toMatch(/3 hold, 3 broken, 2 unknown, 3 not run/);
});

test("a team's own spec is asked for by its own name, and leaves the gate green", async () => {
  await write(
    "shop.spec.ts",
    `import { expect, test } from "vitest";
     test("the shop is open", () => {});
     test("the till is right", () => { expect(2 + 2).toBe(5); });`,
  );

  const { code } = await verify(
    "--effort",
    "quick",
    "--redis",
    "none",
    "--law",
    "the shop is open",
  );

  expect(code).toBe(0);
  const { laws } = await readReport(reportFolder());
  expect(laws.map(({ id, verdict }) => `${id}: ${verdict}`)).toEqual(["the shop is open: holds"]);
});

test("a spec that cannot be loaded leaves the gate red, whatever was asked for", async () => {
  await write("torn.spec.ts", 'import "nowhere";');

  const { code, stdout } = await verify(
    "--effort",
    "quick",
    "--redis",
    "none",
    "--law",
    "lock.input",
  );

  expect(code).toBe(3);
  expect(stdout).toMatch(/^\? specs\/laws\/torn\.spec\.ts .*\n {2}unknown: .*nowhere/m);
});

test("an error that no test waits for leaves the gate red", async () => {
  await write(
    "loose.spec.ts",
    'import { test } from "vitest"; test("loose", () => { void Promise.reject(new Error("nobody saw")); });',
  );

  const { code, stdout } = await verify("--effort", "quick", "--redis", "none", "--law", "loose");

  expect(code).toBe(3);
  expect(stdout).toMatch(/unknown: .*nobody saw/);
});

function write(spec: string, text: string): Promise<void> {
  return writeFile(join(copy.path, "specs/laws", spec), text);
}

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
