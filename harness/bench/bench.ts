import { availableParallelism } from "node:os";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { openRun } from "../verify/open-run.ts";
import { type MeasureName, measureNames, measures } from "./measures.ts";
import { figureHead, renderFigure, renderNotMeasured } from "./render-figure.ts";
import type { BenchSettings } from "./settings.ts";
import { takeClone } from "./time-clone.ts";
import { takeGated, takeReset } from "./time-gated.ts";
import { takeBesideIsolationtester } from "./time-isolationtester.ts";
import { takeLaw } from "./time-law.ts";
import { takeLinearize } from "./time-linearize.ts";
import { takeSchedules } from "./time-schedules.ts";
import { takeColdServer, takeWarmServer } from "./time-server.ts";
import { takeVerify } from "./time-verify.ts";
import type { Take, Workbench } from "./workbench.ts";

/**
 * The whole of `pnpm bench`: takes the measures that were asked for, one after the other, and tells each as it is
 * known. Answers whether all could be taken; an aim that is missed is no failure. It leaves nothing behind.
 */
export async function bench(
  settings: BenchSettings,
  workbench: Workbench,
  tell: (line: string) => void,
): Promise<boolean> {
  await using run = await openRun();
  const counted = (name: MeasureName): number => settings.runs ?? measures[name].runs;
  let complete = true;
  tell(`Medians of one run on ${availableParallelism()} cores, Node ${process.versions.node}\n`);
  tell(figureHead);
  try {
    for (const name of measureNames) {
      if (settings.only.length > 0 && !settings.only.includes(name)) continue;
      try {
        const taken = await takes[name](counted(name), run, workbench);
        tell(renderFigure({ name, ...taken }));
      } catch (error) {
        if (!(error instanceof RehearsalError) || run.interrupted.aborted) throw error;
        complete = false;
        tell(renderNotMeasured(name, error.message));
      }
    }
  } catch (error) {
    // What fails because its server was just taken away is no news: the process is about to end.
    if (run.interrupted.aborted) return await new Promise(() => {});
    throw error;
  }
  return complete;
}

const takes: Readonly<Record<MeasureName, Take>> = {
  "server-cold": takeColdServer,
  "server-warm": takeWarmServer,
  clone: takeClone,
  law: takeLaw,
  linearize: takeLinearize,
  schedules: takeSchedules,
  "schedules-plain": takeBesideIsolationtester,
  "schedules-gated": takeGated,
  reset: takeReset,
  "verify-quick": takeVerify("quick"),
  "verify-default": takeVerify("default"),
};
