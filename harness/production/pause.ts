import type { Run } from "../verify/open-run.ts";
import { runCommand } from "./around-command.ts";
import type { Checks } from "./checks.ts";
import type { MoveSettings } from "./settings.ts";

/**
 * Works between a team's commands that pause and resume what uses the database. What was paused is resumed however the
 * work ends, once; work that could not pause is not done.
 */
export async function inPause(
  run: Run,
  { pause, resume }: Pick<MoveSettings, "pause" | "resume">,
  checks: Checks,
  work: () => Promise<Record<string, string>>,
): Promise<Record<string, string>> {
  let resumed: Promise<void> | undefined;
  const goOn = (): Promise<void> =>
    (resumed ??= (async () => {
      if (resume !== undefined) checks.add("resume", await runCommand(resume));
    })());
  if (pause !== undefined) {
    run.defer(goOn);
    checks.add("pause", await runCommand(pause));
  }
  try {
    return checks.stop() ? {} : await work();
  } finally {
    await goOn();
  }
}
