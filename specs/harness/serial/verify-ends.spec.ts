/**
 * Goal: However a run ends, its servers, databases and folders are gone within two seconds, or at the next start after
 * a SIGKILL; and two runs side by side never meet.
 * Method: Real processes of `scripts/verify.ts` are signalled at named moments, by themselves, by group and by way of a
 * parent that dies; then their temporary folder and the list of processes are looked at.
 */
import { kill } from "node:process";
import { watch } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import {
  openTemporary,
  readReport,
  startVerify,
  type Temporary,
  type VerifyProcess,
} from "../processes/verify-process.ts";

let temporary: Temporary;
beforeEach(async () => {
  temporary = await openTemporary();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
});

describe.for([
  { signal: "SIGINT", code: 130 },
  { signal: "SIGTERM", code: 143 },
] as const)("$signal", ({ signal, code }) => {
  test("while servers are being opened", async () => {
    const run = start();
    await somethingStandsIn(temporary.path);

    await demandGoneAfter(run, () => run.child.kill(signal), code);
  });

  test("when everything is open", async () => {
    const run = start();
    await run.printed(/^\d+.* on PostgreSQL /m);

    await demandGoneAfter(run, () => run.child.kill(signal), code);
  });

  test("while laws are being tried", async () => {
    const run = start();
    await run.printed(/✓ /);

    await demandGoneAfter(run, () => run.child.kill(signal), code);
  });

  test("to the whole process group, as a terminal sends it", async () => {
    const run = start({ throughShell: true });
    await run.printed(/✓ /);

    await demandGoneAfter(run, () => kill(-pidOf(run), signal));
  });
});

test("a parent that died without passing its signal on", async () => {
  const run = start({ throughShell: true });
  await run.printed(/✓ /);

  await demandGoneAfter(run, () => run.child.kill("SIGKILL"));
});

test("what a run left that was killed is taken away by the next", async () => {
  const run = start();
  await run.printed(/✓ /);
  run.child.kill("SIGKILL");
  await run.ended();
  const left = await temporary.leftovers();

  const next = startVerify(quick("next"), { temporary: temporary.path });
  const { code } = await next.ended();

  expect(left).not.toEqual([]);
  expect(code).toBe(0);
  expect(await temporary.leftovers()).toEqual(["report", "report-next"]);
});

test("two runs side by side in one checkout, on one report folder", async () => {
  const runs = [1, 2].map(() => startVerify(quick("both"), { temporary: temporary.path }));

  const [one, other] = await Promise.all(runs.map((run) => run.ended()));

  expect([one?.code, other?.code]).toEqual([0, 0]);
  expect(await readReport(join(temporary.path, "report-both"))).toMatchObject({ exitCode: 0 });
  expect(await temporary.leftovers()).toEqual(["report-both"]);
});

function start(options: { throughShell?: boolean } = {}): VerifyProcess {
  const report = join(temporary.path, "report");
  // Every law, so that many are still to come when the first has been tried.
  return startVerify(["--effort", "quick", "--seed", "1", "--report", report], {
    temporary: temporary.path,
    ...options,
  });
}

function quick(name: string): readonly string[] {
  const report = join(temporary.path, `report-${name}`);
  return ["--effort", "quick", "--seed", "1", "--law", "lock.{rollback,input}", "--report", report];
}

/** What is allowed is the report's own folder, which is made before anything else. */
async function demandGoneAfter(run: VerifyProcess, end: () => void, code?: number): Promise<void> {
  const since = performance.now();
  end();
  const ended = await run.ended();
  const tookMs = performance.now() - since;
  const left = await temporary.leftovers();
  expect({ left, code: code === undefined ? undefined : ended.code }).toEqual({
    left: ["report"],
    code,
  });
  expect(tookMs).toBeLessThan(2000);
}

async function somethingStandsIn(folder: string): Promise<void> {
  for await (const { filename } of watch(folder)) {
    if (filename?.startsWith("rehearsal-") === true) return;
  }
}

function pidOf({ child }: VerifyProcess): number {
  if (child.pid === undefined) throw new Error("The process was never started.");
  return child.pid;
}
