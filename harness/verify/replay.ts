import { readFile } from "node:fs/promises";
import type { Replayed } from "../explore/trial.ts";
import { openTrialsOf } from "../laws/open-trials-of.ts";
import { renderColumns, renderWitness } from "../report/render-witness.ts";
import { type ScheduleFile, scheduleFile } from "../report/schedule-file.ts";
import { wrap } from "../report/wrap.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Environment } from "./environment.ts";
import { openRehearsal } from "./open-rehearsal.ts";
import { inRun } from "./open-run.ts";
import type { Output } from "./output.ts";
import { readInput } from "./read-input.ts";
import { parseSettings, type Settings } from "./settings.ts";

/**
 * The whole of `pnpm replay`: runs the one schedule of a file again, on the migrations and servers that it names unless
 * `otherwise` names others, and tells a person what came of it. Answers with the exit code: 1 if it goes wrong again, 0 if
 * it does not, 3 if it can no longer be followed. Fails with a `RehearsalError` about the file and as `verify` does.
 */
export async function replay(
  file: string,
  otherwise: Settings,
  environment: Environment,
  output: Output,
): Promise<0 | 1 | 3> {
  const read = await readScheduleFile(file);
  const settings = parseSettings({
    migrations: read.migrations.folder,
    to: read.migrations.to,
    postgres: read.postgres,
    ...(read.bindings === null ? {} : { bindings: read.bindings }),
    ...(read.appRole === null ? {} : { appRole: read.appRole }),
    redis: "none",
    effort: "quick",
    seed: 0,
    ...otherwise,
  });
  const input = await readInput(settings, environment);
  return await inRun(async (run) => {
    await using rehearsal = await openRehearsal({ run, settings, environment, input });
    const hasChanged = rehearsal.migrations.hash !== read.migrations.hash;
    if (hasChanged) output.line(output.palette.faint("The SQL has changed since this was found."));
    const replayed = await replayOn(rehearsal.data, file, read);
    run.interrupted.throwIfAborted();
    tell(read, replayed, output);
    return exitCodes[replayed.kind];
  });
}

const exitCodes = { broken: 1, holds: 0, strayed: 3 } as const;

async function readScheduleFile(file: string): Promise<ScheduleFile> {
  try {
    return scheduleFile.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    throw new RehearsalError(
      "SCHEDULE_NOT_READ",
      `The schedule ${file} could not be read: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        "Nothing was run. Name a schedule.json that pnpm verify wrote for a broken law, under report/witnesses/.",
      { cause },
    );
  }
}

async function replayOn(
  rehearsal: Parameters<typeof openTrialsOf>[1],
  file: string,
  { law, recorded }: ScheduleFile,
): Promise<Replayed> {
  await using trials = await openTrialsOf(law, rehearsal);
  const isThere = trials?.laws.some(({ id }) => id === law) === true;
  const replayed = isThere ? await trials?.replay(law, recorded) : undefined;
  if (replayed !== undefined) return replayed;
  throw new RehearsalError(
    "NO_SUCH_PROGRAM",
    `The schedule ${file} is of ${law}, "${recorded.program}" where ${recorded.state}, and the bindings bind no such ` +
      `program any more. Nothing was run. Find the witness anew with pnpm verify --law ${law}.`,
  );
}

function tell(read: ScheduleFile, replayed: Replayed, output: Output): void {
  const { palette } = output;
  const width = output.width();
  if (replayed.kind === "broken") {
    output.line(
      `${palette.bad("✗")} ${renderWitness({ id: read.law, claim: read.claim }, replayed.witness, width - 2)}`,
    );
    return;
  }
  output.line(`${read.law}: ${read.trial}`);
  for (const line of renderColumns(replayed.steps, replayed.sessions, width)) output.line(line);
  const end =
    replayed.kind === "holds"
      ? `${palette.good("✓")} This schedule brings what one call after the other brings. It is one of many: pnpm verify tries the others.`
      : `${palette.doubtful("?")} After ${replayed.after} steps the schedule cannot be followed: the SQL goes another way now. Try all schedules with pnpm verify --law ${read.law}.`;
  for (const line of wrap(end, width)) output.line(line);
}
