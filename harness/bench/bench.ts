import { availableParallelism } from "node:os";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { inRun } from "../verify/open-run.ts";
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
  return await inRun(async (run) => {
    let complete = true;
    tell(`Medians of one run on ${availableParallelism()} cores, Node ${process.versions.node}\n`);
    tell(figureHead);
    for (const name of measureNames) {
      if (settings.only.length > 0 && !settings.only.includes(name)) continue;
      try {
        const taken = await takes[name](settings.runs ?? measures[name].runs, run, workbench);
        tell(renderFigure({ name, ...taken }));
      } catch (error) {
        if (!(error instanceof RehearsalError) || run.interrupted.aborted) throw error;
        complete = false;
        tell(renderNotMeasured(name, error.message));
      }
    }
    return complete;
  });
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
