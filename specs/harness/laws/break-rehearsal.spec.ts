/**
 * Goal: What is broken on purpose is broken in one place, beside the sound rehearsal and not in it, and is gone
 * afterwards.
 * Method: Twins made here of the migrations in `sql/`, on the specs' server.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { z } from "zod";
import "../../../harness/kit/describe-laws.ts";
import { breakMigrations } from "../../../harness/laws/break-rehearsal.ts";
import { openDatabase } from "../../../harness/postgres/database.ts";
import { sql } from "../../../harness/postgres/query.ts";
import { openAdminSession } from "../../../harness/postgres/tenancy.ts";
import type { Twin } from "../../../harness/source/twin.ts";

const index = "m10_recovery.distributed_locks_expires_at_idx";
const withoutIndex: Twin = {
  law: "migration.exact",
  what: "an index is missing",
  alsoBreaks: [],
  byPrograms: false,
  file: "022_m10_production_hardening.up.sql",
  takeOut:
    "create index distributed_locks_expires_at_idx on m10_recovery.distributed_locks (expires_at);",
  putIn: "",
};
const keepsTable: Twin = {
  law: "migration.reversible",
  what: "down keeps a table",
  alsoBreaks: [],
  byPrograms: false,
  file: "022_m10_production_hardening.down.sql",
  takeOut: "drop table m10_recovery.outbox;",
  putIn: "-- kept",
};

test("a broken up has a folder and a template of its own, on the sound baseline", async () => {
  const sound = inject("rehearsal");

  await using broken = await breakMigrations(sound, withoutIndex);

  const { migrations, templates } = broken.rehearsal;
  expect(await textIn(migrations.folder, withoutIndex.file)).not.toContain(withoutIndex.takeOut);
  expect(templates.baseline).toBe(sound.templates.baseline);
  expect(await hasIndex(templates.target)).toBe(false);
  expect(await hasIndex(sound.templates.target)).toBe(true);
});

test("a broken down has a folder of its own and the sound templates", async () => {
  const sound = inject("rehearsal");

  await using broken = await breakMigrations(sound, keepsTable);

  const { migrations, templates } = broken.rehearsal;
  expect(await textIn(migrations.folder, keepsTable.file)).toContain("-- kept");
  expect(templates).toEqual(sound.templates);
});

test("nothing of it stays", async () => {
  const broken = await breakMigrations(inject("rehearsal"), withoutIndex);
  const { migrations, templates } = broken.rehearsal;

  await broken[Symbol.asyncDispose]();

  expect(existsSync(migrations.folder)).toBe(false);
  expect(await isThere(templates.target)).toBe(false);
  expect(await isThere(templates.baseline)).toBe(true);
});

test("what cannot run at all says why", async () => {
  const unable = { ...withoutIndex, putIn: "create index on nowhere (nothing);" };

  await expect(breakMigrations(inject("rehearsal"), unable)).rejects.toThrow(
    'relation "nowhere" does not exist',
  );
});

function textIn(folder: string, file: string): Promise<string> {
  return readFile(join(folder, file), "utf8");
}

async function hasIndex(database: string): Promise<boolean> {
  const { tenancy } = inject("rehearsal");
  await using owner = await openDatabase(tenancy, database).connect({
    name: "owner",
    role: "deployer",
  });
  const { found } = await owner.one(sql.type(z.object({ found: z.boolean() }))`
    select to_regclass(${index}) is not null as found`);
  return found;
}

async function isThere(database: string): Promise<boolean> {
  await using admin = await openAdminSession(inject("rehearsal").tenancy.address);
  const { rows } = await admin.run("select from pg_database where datname = $1", [database]);
  return rows.length > 0;
}
