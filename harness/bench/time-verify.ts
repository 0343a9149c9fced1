import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Effort } from "../verdict/effort.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Run } from "../verify/open-run.ts";
import { repeat, timed } from "./repeat.ts";
import type { Take } from "./workbench.ts";

export function takeVerify(effort: Effort): Take {
  return async (runs, run, { verifyScript }) => ({
    values: await repeat(runs, (time) => timeVerify(verifyScript, effort, { run, seed: time + 1 })),
  });
}

/**
 * A whole run of a script that verifies, milliseconds from the start of its Node process to its end. Fails with
 * `VERIFY_NOT_GREEN` if not every law holds: then laws were cut short or left out, and the time says nothing.
 */
async function timeVerify(
  script: string,
  effort: Effort,
  { run, seed }: { readonly run: Run; readonly seed: number },
): Promise<number> {
  const report = join(run.folder.path, "report");
  const args = [script, "--effort", effort, "--seed", String(seed), "--report", report];
  return await timed(() => runToEnd(args, run.interrupted));
}

async function runToEnd(args: readonly string[], interrupted: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
    // It takes its own servers away then.
    signal: interrupted,
    killSignal: "SIGTERM",
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => (printed += chunk));
  const code = await new Promise<number | null>((settle, fail) => {
    child.on("error", fail).on("close", settle);
  });
  if (code === 0) return;
  throw new RehearsalError(
    "VERIFY_NOT_GREEN",
    `verify ended with ${code}, so how long it took says nothing. It says:\n${lastLines(printed)}`,
    { exitCode: 3 },
  );
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-5).join("\n");
}
