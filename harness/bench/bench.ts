import { availableParallelism } from "node:os";
import { openTheatre } from "../laws/theatre.ts";
import { openAdminSession } from "../postgres/tenancy.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Environment } from "../verify/environment.ts";
import { openRehearsal, type OpenRehearsal } from "../verify/open-rehearsal.ts";
import { openRun, type Run } from "../verify/open-run.ts";
import { readInput } from "../verify/read-input.ts";
import { parseSettings } from "../verify/settings.ts";
import { type MeasureName, measureNames, measures } from "./measures.ts";
import { median } from "./median.ts";
import {
  amount,
  type Figure,
  figureHead,
  renderFigure,
  renderNotMeasured,
} from "./render-figure.ts";
import { repeat } from "./repeat.ts";
import type { BenchSettings } from "./settings.ts";
import { timeClone } from "./time-clone.ts";
import { timeLaw } from "./time-law.ts";
import { makeLockHistories, timeLinearize } from "./time-linearize.ts";
import { timeColdServer, timeWarmServer } from "./time-server.ts";
import { timeVerify } from "./time-verify.ts";

/** What the figures are taken of. */
export interface Workbench {
  readonly environment: Environment;
  /** The bindings that go with the default migrations. */
  readonly impliedBindings: string;
  /** What `pnpm verify` runs. */
  readonly verifyScript: string;
}

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
        tell(renderFigure(await take(name, counted(name), run, workbench)));
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

/** Fails with a `RehearsalError` if this machine does not let it be taken. */
async function take(
  name: MeasureName,
  runs: number,
  run: Run,
  workbench: Workbench,
): Promise<Figure> {
  switch (name) {
    case "server-cold":
      return { name, values: await repeat(runs, () => timeColdServer(run.folder)) };
    case "server-warm":
      // The first one fills the cache if need be.
      await timeWarmServer(run.folder);
      return { name, values: await repeat(runs, () => timeWarmServer(run.folder)) };
    case "clone":
      return await takeClone(runs, run, workbench);
    case "law":
      return await takeLaw(runs, run, workbench);
    case "linearize":
      return await takeLinearize(runs);
    default: {
      const effort = name === "verify-quick" ? "quick" : "default";
      const { verifyScript } = workbench;
      const once = (time: number) => timeVerify(verifyScript, effort, { run, seed: time + 1 });
      return { name, values: await repeat(runs, once) };
    }
  }
}

/** The figure is how many times as long the clone took, pair by pair. */
async function takeClone(runs: number, run: Run, workbench: Workbench): Promise<Figure> {
  await using rehearsal = await openBare(run, workbench);
  await using admin = await openAdminSession(rehearsal.data.tenancy.address);
  const once = (time: number) => timeClone(rehearsal.data, admin, time);
  await repeat(2, once);
  const times = await repeat(runs, once);
  const clone = median(times.map((each) => each.clone));
  const bare = median(times.map((each) => each.bare));
  return {
    name: "clone",
    values: times.map((each) => each.clone / each.bare),
    note: `(${amount(clone, "ms")} beside ${amount(bare, "ms")})`,
  };
}

async function takeLaw(runs: number, run: Run, workbench: Workbench): Promise<Figure> {
  await using rehearsal = await openBare(run, workbench);
  await using theatre = openTheatre(rehearsal.data, undefined, "nothing");
  // The first one makes the clone that the others share.
  await timeLaw(theatre);
  return { name: "law", values: await repeat(runs, () => timeLaw(theatre)) };
}

async function takeLinearize(runs: number): Promise<Figure> {
  const histories = makeLockHistories(50);
  // The first one is compiled on the way.
  timeLinearize(histories);
  const values = await repeat(runs, () => Promise.resolve(timeLinearize(histories)));
  return { name: "linearize", values };
}

/** The default migrations on an embedded PostgreSQL, without Redis. */
async function openBare(run: Run, workbench: Workbench): Promise<OpenRehearsal> {
  const { environment, impliedBindings } = workbench;
  const settings = parseSettings({ impliedBindings, redis: "none", effort: "quick", seed: 1 });
  const input = await readInput(settings, environment);
  return await openRehearsal({ run, settings, environment, input });
}
