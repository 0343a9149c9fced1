/**
 * Goal: a backup that was asked for is there, can be read back and is told with its hash; one that could not be made is
 * no pass, and nothing half stays.
 * Method: PostgreSQL's own programs dump a staged production of their major, into a folder and into none.
 */
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, type TestContext } from "vitest";
import { supportedMajors } from "../../../harness/postgres/postgres-choice.ts";
import type { Errand } from "../../../harness/production/errand.ts";
import { takeBackup } from "../../../harness/production/preflight/backup.ts";
import { openRun, type Run } from "../../../harness/verify/open-run.ts";
import { type Clients, findClients } from "./debian-clients.ts";
import { openErrand } from "./open-errand.ts";
import { type Production, stageProduction } from "./stage-production.ts";

let run: Run;
let clients: Clients | { readonly reason: string };
let folder: string;
let production: Production | undefined;
let errand: Errand;
beforeAll(async () => {
  run = await openRun();
  clients = await findClients(run.folder);
  folder = await mkdtemp(join(tmpdir(), "backup-spec-"));
  if ("reason" in clients) return;
  const { major: theirs } = clients;
  const major = supportedMajors.find((each) => each === theirs);
  if (major === undefined) return;
  production = await stageProduction(run.folder, { rows: 10, major });
  errand = await openErrand(production.url());
});
afterAll(async () => {
  await production?.[Symbol.asyncDispose]();
  await run[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test("is listed and hashed", async (context) => {
  const order = orderIn(join(folder, "backups"), context);

  const { verdict, says } = await takeBackup(run.folder, errand, order);

  expect({ verdict, says }).toMatchObject({
    verdict: "go",
    says: expect.stringMatching(/ \d+ bytes, \d\d+ entries, sha256 /),
  });
  const [name = ""] = await readdir(join(folder, "backups"));
  const hash = createHash("sha256").update(await readFile(join(folder, "backups", name)));
  expect(says).toContain(hash.digest("hex"));
});

test("that cannot be written is no go", async (context) => {
  const file = join(folder, "a-file");
  await writeFile(file, "");

  const finding = await takeBackup(run.folder, errand, orderIn(join(file, "backups"), context));

  expect(finding).toMatchObject({
    verdict: "no-go",
    says: expect.stringContaining("no backup could be written"),
  });
});

test("that the role may not read is no go, and no half of it stays", async (context) => {
  const order = orderIn(join(folder, "refused"), context);
  const stranger = await openErrand(production?.url("m10_monitor") ?? "");

  const finding = await takeBackup(run.folder, stranger, order);

  expect(finding).toMatchObject({
    verdict: "no-go",
    says: expect.stringContaining("permission denied"),
  });
  expect(await readdir(join(folder, "refused"))).toEqual([]);
});

test("without a pg_dump of the server's major it is not known", async (context) => {
  const order = orderIn(folder, context);
  const newer = { target: { ...errand.target, major: errand.target.major + 1 } };

  expect(await takeBackup(run.folder, errand, { ...order, path: "/nowhere" })).toMatchObject({
    verdict: "unknown",
    says: expect.stringContaining("no pg_dump on the PATH"),
  });
  expect(await takeBackup(run.folder, newer, order)).toMatchObject({
    verdict: "unknown",
    says: expect.stringMatching(/is of PostgreSQL \d+, and the server of \d+/),
  });
});

function orderIn(into: string, { skip }: TestContext) {
  if ("reason" in clients) return skip(clients.reason);
  if (production === undefined) return skip(`there is no embedded PostgreSQL ${clients.major}`);
  const { path } = clients;
  return { folder: into, path, schemas: ["m10_recovery"], before: "022", at: new Date() };
}
