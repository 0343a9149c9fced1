import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TriedLaw } from "../laws/tried-law.ts";
import type { ScheduleFile } from "../report/schedule-file.ts";
import type { ShownSchedule } from "../verdict/shown-schedule.ts";
import type { Witness } from "../verdict/verdict.ts";
import { scheduleCommand } from "./again-command.ts";
import type { OpenRehearsal } from "./open-rehearsal.ts";
import type { ParsedSettings } from "./settings.ts";
import { writeWhole } from "./write-whole.ts";

/** Where the files of a law's witness are, and the command that runs its schedule again. */
export function witnessPlaces(
  lawId: string,
  { report }: Pick<ParsedSettings, "report">,
): { schedule: string; script: string; replay: string } {
  const folder = join(witnessesIn(report), lawId);
  const schedule = join(folder, "schedule.json");
  return { schedule, script: join(folder, "replay.sql"), replay: scheduleCommand(schedule) };
}

/** Writes the schedules of broken laws, and takes away what an earlier run left of other laws. */
export async function writeWitnesses(
  tried: readonly TriedLaw[],
  rehearsal: OpenRehearsal,
  settings: ParsedSettings,
): Promise<void> {
  const shown = tried.flatMap((law) => {
    const witness = law.verdict.kind === "broken" ? law.verdict.witness : undefined;
    const schedule = witness?.schedule;
    return witness === undefined || schedule === undefined ? [] : [{ law, witness, schedule }];
  });
  const kept = new Set(shown.map(({ law }) => law.id));
  const folder = witnessesIn(settings.report);
  for (const name of await namesIn(folder))
    if (!kept.has(name)) await rm(join(folder, name), { recursive: true, force: true });
  for (const { law, witness, schedule } of shown) {
    const places = witnessPlaces(law.id, settings);
    await mkdir(join(folder, law.id), { recursive: true });
    const file = fileOf(law, { witness, schedule }, rehearsal, settings);
    await writeWhole(places.schedule, `${JSON.stringify(file, null, 2)}\n`);
    await writeWhole(places.script, `-- ${law.id}: ${law.claim}\n${schedule.script}`);
  }
}

function witnessesIn(report: string): string {
  return join(report, "witnesses");
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

function fileOf(
  { id, claim }: TriedLaw,
  { witness, schedule }: { readonly witness: Witness; readonly schedule: ShownSchedule },
  { migrations, bindings }: OpenRehearsal,
  { appRole, postgres }: ParsedSettings,
): ScheduleFile {
  const { trial, expected, happened, steps } = witness;
  const { cause, recorded } = schedule;
  return {
    law: id,
    claim,
    migrations,
    bindings,
    appRole: appRole ?? null,
    postgres,
    trial,
    expected,
    happened,
    cause,
    steps,
    recorded,
  };
}
