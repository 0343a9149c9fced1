import type { Run } from "../../verify/open-run.ts";
import { runCommand } from "./around-command.ts";
import type { Checks } from "../checks.ts";
import type { MoveSettings } from "../settings.ts";

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
  const over = Promise.withResolvers<void>();
  // A signal takes back what is under way; then this goes its way to its end.
  run.defer(() => over.promise);
  try {
    if (pause !== undefined) checks.add("pause", await runCommand(pause));
    return checks.stop() ? {} : await work();
  } finally {
    if (resume !== undefined) checks.add("resume", await runCommand(resume));
    over.resolve();
  }
}
