/**
 * Goal: Laws are tried on a server that has what the binding names, and whoever plays the application can call it.
 * Method: Small migrations that grant much, little and nothing are prepared on the specs' server, in a run of their own.
 */
import { randomBytes } from "node:crypto";
import { expect, inject, onTestFinished, test } from "vitest";
import "../../../harness/kit/describe-laws.ts";
import type { Binding } from "../../../harness/laws/binding.ts";
import { prepareServer, type PreparedServer } from "../../../harness/laws/prepare-server.ts";
import { openDatabase } from "../../../harness/postgres/database.ts";
import { plainText } from "../../../harness/postgres/query.ts";
import { quoteName } from "../../../harness/postgres/quote-name.ts";
import type { ServerAddress } from "../../../harness/postgres/server.ts";
import type { Answer } from "../../../harness/postgres/session.ts";
import { clearTenancy, openAdminSession } from "../../../harness/postgres/tenancy.ts";
import { scratchRevision } from "../migrations/scratch-revision.ts";

const table = "create schema shop; create table shop.tally (n integer);";
const invoker =
  "create function shop.count_up() returns void language sql as 'insert into shop.tally values (1)';";
const definer = invoker.replace("language", "security definer language");

test("where nobody was granted anything, the application is lent the owner's rights, and it is told", async () => {
  const prepared = await prepare(`${table} ${invoker}`);

  expect(prepared.lent).toMatch(/do not let .* use any bound function; .*lent the owner's rights/);
  expect(await callAs("app", prepared)).toMatchObject({ kind: "rows" });
});

test("a right to call what may itself touch nothing is no right", async () => {
  const prepared = await prepare(`${table} ${invoker} grant usage on schema shop to public;`);

  expect(prepared.lent).toMatch(/lent the owner's rights/);
});

test("where the application can do its work, nothing is lent", async () => {
  const prepared = await prepare(`${table} ${definer} grant usage on schema shop to public;`);

  expect(prepared.lent).toBeUndefined();
  expect(await callAs("app", prepared)).toMatchObject({ kind: "rows" });
});

test("a function that runs with the application's own rights needs those on a table", async () => {
  const prepared = await prepare(`
    ${table} ${invoker}
    grant usage on schema shop to public; grant insert on shop.tally to public;`);

  expect(prepared.lent).toBeUndefined();
  expect(await callAs("app", prepared)).toMatchObject({ kind: "rows" });
});

test("functions that are not there are bad input, all of them named", async () => {
  const functions = ["shop.count_up()", "shop.count_up(integer)", "shop.undo()"];

  await expect(prepare(`${table} ${invoker}`, { functions })).rejects.toMatchObject({
    code: "FUNCTIONS_MISSING",
    exitCode: 2,
    message: expect.stringMatching(/ {2}shop\.count_up\(integer\)\n {2}shop\.undo\(\)\n/),
  });
});

test("migrations learn the roles' real names from the settings that the binding names", async () => {
  const prepared = await prepare(
    `${table} ${definer} do $$ begin
      execute format('grant usage on schema shop to %I', current_setting('shop.app'));
      execute format('comment on schema shop is %L', current_setting('shop.reader'));
    end $$;`,
    { roles: { app: { setting: "shop.app" }, reader: { setting: "shop.reader" }, other: {} } },
  );

  const { app, reader } = prepared.tenancy.roles;
  expect(prepared.settings).toEqual({ "shop.app": app?.role, "shop.reader": reader?.role });
  expect(prepared.lent).toBeUndefined();
});

test("the application's role can have the very name that the migrations grant to", async () => {
  const appRole = `worker_${randomBytes(4).toString("hex")}`;

  const prepared = await prepare(
    `${table} ${definer} grant usage on schema shop to ${appRole};`,
    {},
    appRole,
  );

  expect(prepared.tenancy.roles["app"]?.role).toBe(appRole);
  expect(prepared.lent).toBeUndefined();
});

test("a role that the migrations need and nobody made is an SQL error at its place", async () => {
  const up = `${table}\ngrant usage on schema shop to nobody_made_me;`;

  await expect(prepare(up)).rejects.toMatchObject({
    code: "SQL_FAILED",
    exitCode: 2,
    message: expect.stringContaining('role "nobody_made_me" does not exist'),
  });
});

async function prepare(
  upSql: string,
  change: Partial<Binding> = {},
  appRole?: string,
): Promise<PreparedServer> {
  const binding: Binding = {
    name: "shop",
    roles: { app: {} },
    callersInstants: [],
    functions: ["shop.count_up()"],
    ...change,
  };
  const { address } = inject("rehearsal").tenancy;
  const runId = `spec${randomBytes(4).toString("hex")}`;
  onTestFinished(async () => {
    await clearTenancy(address, runId);
    // The server of the specs is the run's own, where roles named by hand bear no mark.
    if (appRole !== undefined) await dropRole(address, appRole);
  });
  return await prepareServer(address, {
    runId,
    selection: { before: [], revision: scratchRevision(upSql) },
    binding,
    ...(appRole === undefined ? {} : { roleNames: { app: appRole } }),
  });
}

async function dropRole(address: ServerAddress, role: string): Promise<void> {
  await using admin = await openAdminSession(address);
  await admin.run(`drop role if exists ${quoteName(role)}`);
}

async function callAs(role: string, { tenancy, templates }: PreparedServer): Promise<Answer> {
  const database = openDatabase(tenancy, templates.target);
  await using session = await database.connect({ name: role, role });
  return await session.answer(plainText("select shop.count_up()"));
}
