import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { applyTwin } from "../migrations/apply-twin.ts";
import { buildTemplate } from "../migrations/build-templates.ts";
import { readMigrations } from "../migrations/read-migrations.ts";
import { type Revision, selectRevision } from "../migrations/revision.ts";
import { databaseName, openDatabase } from "../postgres/database.ts";
import type { Twin } from "../source/twin.ts";
import type { Rehearsal } from "./rehearsal.ts";

/** A rehearsal of something that has one place broken. Disposing it leaves the sound one as it was. */
export interface BrokenRehearsal extends AsyncDisposable {
  readonly rehearsal: Rehearsal;
}

/**
 * The rehearsal with one place of its migrations broken: a folder with the broken files, and a template built from
 * them on the same server, under the same roles. The application's role is lent nothing: a revision that lets it do
 * too little breaks laws. Fails if the twin does not apply, or with the SQL error if what it leaves cannot run at all.
 */
export async function breakMigrations(rehearsal: Rehearsal, twin: Twin): Promise<BrokenRehearsal> {
  const { folder, to } = rehearsal.migrations;
  const sound = await readMigrations(folder);
  const broken = applyTwin(sound, twin);

  await using making = new AsyncDisposableStack();
  const brokenFolder = await writeFolder(making, rehearsal, broken);
  const templates = await templatesFor(making, rehearsal, sound, broken);
  const made = making.move();
  return {
    rehearsal: { ...rehearsal, migrations: { folder: brokenFolder, to }, templates },
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

async function writeFolder(
  making: AsyncDisposableStack,
  { howToOpen }: Rehearsal,
  revisions: readonly Revision[],
): Promise<string> {
  const folder = await mkdtemp(join(howToOpen.run.path, "twin-"));
  making.defer(() => rm(folder, { recursive: true }));
  for (const { upFile, upSql, downFile, downSql } of revisions) {
    await writeFile(join(folder, basename(upFile)), upSql);
    await writeFile(join(folder, basename(downFile)), downSql);
  }
  return folder;
}

/** Only what is broken is built anew. */
async function templatesFor(
  making: AsyncDisposableStack,
  { tenancy, settings, templates, migrations }: Rehearsal,
  sound: readonly Revision[],
  broken: readonly Revision[],
): Promise<Rehearsal["templates"]> {
  const { before, revision } = selectRevision(broken, migrations.to);
  const build = async (from: string, revisions: readonly Revision[]): Promise<string> => {
    const name = databaseName(tenancy, `x${randomBytes(4).toString("hex")}`);
    await buildTemplate(tenancy, { name, from, revisions }, { settings });
    making.use(openDatabase(tenancy, name));
    return name;
  };
  const isSound = ({ upSql }: Revision, at: number): boolean => upSql === sound[at]?.upSql;
  const baseline = before.every(isSound) ? templates.baseline : await build("template0", before);
  if (baseline === templates.baseline && isSound(revision, before.length)) return templates;
  return { baseline, target: await build(baseline, [revision]) };
}
