/**
 * Goal: the commands work on any revision of any folder: without bindings, with the first revision of all, and with files
 * that run without a transaction.
 * Method: whole commands, in this process, on a fresh database of a staged production: looked at, applied, checked and taken
 * back, with rows in the way of that.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Session } from "../../../harness/postgres/session.ts";
import { apply } from "../../../harness/production/move/apply.ts";
import { postflight } from "../../../harness/production/postflight/postflight.ts";
import { preflight } from "../../../harness/production/preflight/preflight.ts";
import { rollback } from "../../../harness/production/move/rollback.ts";
import {
  applySettings,
  postflightSettings,
  preflightSettings,
  rollbackSettings,
} from "../../../harness/production/settings.ts";
import type { ProductionRecord } from "../../../harness/report/production-record.ts";
import { readEnvironment } from "../../../harness/verify/environment.ts";
import { openRun, type Run } from "../../../harness/verify/open-run.ts";
import { rememberOutput } from "./remember-output.ts";
import { database, owner, type Production, stageProduction } from "./stage-production.ts";

let run: Run;
let production: Production;
let folder: string;
let session: Session;
beforeAll(async () => {
  run = await openRun();
  production = await stageProduction(run.folder, { rows: 0 });
  session = await production.enter(owner);
  await session.run("drop table public.alembic_version; drop schema m10_recovery cascade");
  folder = await mkdtemp(join(tmpdir(), "folder-spec-"));
  const files = {
    "001_stock.up.sql": "create schema stock; create table stock.part (id integer primary key);",
    "001_stock.down.sql": "drop schema stock cascade;",
    "002_found.up.sql":
      "-- rehearsal: no-transaction\ncreate index concurrently part_found on stock.part (id desc);",
    "002_found.down.sql": "-- rehearsal: no-transaction\ndrop index concurrently stock.part_found;",
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await production[Symbol.asyncDispose]();
  await run[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test(
  "a folder is brought in and taken back, revision by revision",
  { timeout: 240_000 },
  async () => {
    const came: string[] = [];
    const note = ({ command, revision, verdict, checks }: ProductionRecord): void => {
      const bad = checks.filter((each) => each.verdict === "no-go" || each.verdict === "unknown");
      const why = bad.map(({ name, says }) => ` (${name}: ${says})`);
      came.push(`${revision.to} ${command}: ${verdict}${why.join("")}`);
    };
    for (const to of ["001_stock", "002_found"]) {
      note(await look(to));
      note(await bring(to));
      note(await check(to));
    }
    expect(came).toEqual([
      "001_stock preflight: go",
      "001_stock apply: go",
      "001_stock postflight: go",
      "002_found preflight: go",
      "002_found apply: go",
      "002_found postflight: go",
    ]);
    await session.run("insert into stock.part values (1)");
    note(await takeBack("002_found"));
    note(await takeBack("001_stock"));
    note(await takeBack("001_stock", true));

    expect(came.slice(6)).toEqual([
      "002_found rollback: go",
      expect.stringMatching(
        /^001_stock rollback: no-go \(guard: 1 rows of stock\.part would be lost/,
      ),
      "001_stock rollback: go",
    ]);
    const { rows } = await session.run("select to_regnamespace('stock') is null as gone");
    expect(rows).toEqual([{ gone: true }]);
  },
);

const environment = readEnvironment();

function look(to: string): Promise<ProductionRecord> {
  return preflight(preflightSettings.parse(asked(to)), environment, rememberOutput());
}

function bring(to: string): Promise<ProductionRecord> {
  const settings = { ...asked(to), confirm: database, withoutRehearsal: "a spec" };
  return apply(applySettings.parse(settings), environment, rememberOutput());
}

function check(to: string): Promise<ProductionRecord> {
  return postflight(postflightSettings.parse(asked(to)), environment, rememberOutput());
}

function takeBack(to: string, allowDataLoss = false): Promise<ProductionRecord> {
  const settings = { ...asked(to), confirm: database, allowDataLoss };
  return rollback(rollbackSettings.parse(settings), environment, rememberOutput());
}

function asked(to: string) {
  return { url: production.url(), migrations: folder, to, records: join(folder, "records") };
}
