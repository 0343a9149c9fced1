/**
 * Goal: What a run makes on a server bears its name, does not meet another run's, and goes with it.
 * Method: Runs enter the specs' server side by side, with roles named by hand among theirs, and leave it, also as
 * guests would on a server of somebody else's.
 */
import { randomBytes } from "node:crypto";
import { expect, inject, onTestFinished, test } from "vitest";
import { z } from "zod";
import "../../../harness/kit/describe-laws.ts";
import { createDatabase, databaseName } from "../../../harness/postgres/database.ts";
import { sql } from "../../../harness/postgres/query.ts";
import type { ServerAddress } from "../../../harness/postgres/server.ts";
import {
  clearTenancy,
  enterTenancy,
  leaveTenancy,
  openAdminSession,
  type Tenancy,
} from "../../../harness/postgres/tenancy.ts";

const { address } = inject("rehearsal").tenancy;
/** As if it were not ours. */
const guestAddress: ServerAddress = { ...address, kind: "external" };

test("two runs with the same labels do not meet, and one leaves the other alone", async () => {
  const one = await enter(newRunId(), address);
  const other = await enter(newRunId(), address);

  await leaveTenancy(one);

  expect(await rolesOf(one)).toEqual([]);
  expect(await rolesOf(other)).toEqual([
    `rehearsal_${other.runId}_app`,
    `rehearsal_${other.runId}_deployer`,
  ]);
});

test("the name of one run may begin as another's does", async () => {
  const runId = newRunId();
  const longer = await enter(`${runId}x`, address);
  const shorter = await enter(runId, address);

  await clearTenancy(address, shorter.runId);

  expect(await rolesOf(longer)).toHaveLength(2);
});

test("a role that is there already is refused and left alone", async () => {
  const first = await enter(newRunId(), address, { app: `worker_${newRunId()}` });
  const name = first.roles["app"]?.role ?? "";
  const runId = newRunId();

  const second = enter(runId, address, { app: name });

  await expect(second).rejects.toMatchObject({
    code: "ROLE_NOT_CREATED",
    exitCode: 2,
    message: expect.stringContaining(`Role ${name} could not be created`),
  });
  expect(await roleExists(name)).toBe(true);
});

test("a guest whose tenancy nobody knows any more is cleared by its name: databases, sessions, roles named by hand", async () => {
  const name = `worker_${newRunId()}`;
  const tenancy = await enter(newRunId(), guestAddress, { app: name });
  const database = await createDatabase(tenancy, databaseName(tenancy, "left"), "template0");
  await using idle = await database.connect({ name: "idle", role: "app" });

  await clearTenancy(guestAddress, tenancy.runId);

  expect(await rolesOf(tenancy)).toEqual([]);
  expect(await roleExists(name)).toBe(false);
  expect((await idle.answer(sql.type(z.unknown())`select 1`)).kind).not.toBe("rows");
});

test("clearing a run that left nothing is no error", async () => {
  await expect(clearTenancy(address, newRunId())).resolves.toBeUndefined();
});

function newRunId(): string {
  return `spec${randomBytes(4).toString("hex")}`;
}

async function enter(
  runId: string,
  where: ServerAddress,
  roleNames: Readonly<Record<string, string>> = {},
): Promise<Tenancy> {
  onTestFinished(() => clearTenancy(where, runId));
  const tenancy = await enterTenancy(where, { runId, roleLabels: ["app"], roleNames });
  onTestFinished(() => leaveTenancy(tenancy));
  return tenancy;
}

async function rolesOf({ runId }: Tenancy): Promise<string[]> {
  await using admin = await openAdminSession(address);
  const rows = await admin.all(sql.type(z.object({ name: z.string() }))`
    select rolname as name from pg_roles where starts_with(rolname, ${`rehearsal_${runId}_`}) order by 1`);
  return rows.map(({ name }) => name);
}

async function roleExists(name: string): Promise<boolean> {
  await using admin = await openAdminSession(address);
  const { exists } = await admin.one(sql.type(z.object({ exists: z.boolean() }))`
    select exists (select from pg_roles where rolname = ${name}) as exists`);
  return exists;
}
