/**
 * Goal: A lease that is really stuck is taken from its holder, exactly that one, by somebody who confirmed it; otherwise
 * nothing changes and the command says what is in the way.
 * Method: On a staged production holders vanish, hold the row, or change while the command waits; what `acquire_lock`
 * answers afterwards, the row and the record are looked at.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { letServerWait } from "../../../harness/explore/wait-for.ts";
import { sql } from "../../../harness/postgres/query.ts";
import { readRecords } from "../../../harness/production/keep-record.ts";
import {
  releaseLock,
  releaseLockSettings,
} from "../../../harness/production/leases/release-lock.ts";
import { parseProductionSettings } from "../../../harness/production/settings.ts";
import { empty, type Hardened, stageHardened } from "./stage-hardened.ts";
import { rememberOutput } from "./remember-output.ts";
import { owner } from "./stage-production.ts";

let production: Hardened;
let records: string;

beforeAll(async () => {
  production = await stageHardened();
});

beforeEach(async () => {
  await empty(production);
  records = await mkdtemp(join(tmpdir(), "records-"));
});

afterEach(() => rm(records, { recursive: true }));

afterAll(() => production[Symbol.asyncDispose]());

const name = "reconcile";

async function acquire(holder: string): Promise<boolean> {
  await using session = await production.enter("m10_app", holder);
  const { took } = await session.one(sql.type(z.object({ took: z.boolean() }))`
    select m10_recovery.acquire_lock(${name}, ${holder}, 3600) as took`);
  return took;
}

function leases() {
  return production.admin.all(
    sql.type(z.object({ holder: z.string(), token: z.number() }))`
      select holder_id as holder, fencing_token as token from m10_recovery.distributed_locks`,
  );
}

async function run(given: object = {}, role: string = owner) {
  const output = rememberOutput(140);
  const settings = parseProductionSettings(releaseLockSettings, "release-lock", {
    url: production.url(role),
    impliedBindings: "fixtures/m10/binding.ts",
    records,
    name,
    ...given,
  });
  const record = await releaseLock(settings, { path: "", postgresPassword: "hush-hush" }, output);
  return { record, text: output.noted.join("\n") };
}

test("a lease whose holder is gone is taken away, and the next one has a greater token", async () => {
  expect(await acquire("gone")).toBe(true);
  expect(await acquire("next")).toBe(false);
  const [stuck] = await leases();

  const { record, text } = await run({ confirm: name });

  expect(record).toMatchObject({ verdict: "go", exitCode: 0, facts: { holder: "gone" } });
  expect(text).toMatch(/reconcile is held by gone since [^,]+, 3\d{3} s left, token 1/);
  expect(await acquire("next")).toBe(true);
  const [next] = await leases();
  expect(next?.holder).toBe("next");
  expect(next?.token).toBeGreaterThan(stuck?.token ?? Infinity);
});

test("without a confirmation nothing is changed, and it says what would be", async () => {
  await acquire("gone");
  const before = await leases();

  const { record, text } = await run();

  expect(record.exitCode).toBe(1);
  expect(text).toContain(
    "with --confirm reconcile the lease of gone with token 1 would be deleted",
  );
  expect(await leases()).toEqual(before);
});

test("another name is no confirmation", () => {
  expect(() =>
    parseProductionSettings(releaseLockSettings, "release-lock", {
      url: production.url(),
      name,
      confirm: "reconcil",
    }),
  ).toThrow("--confirm: is not the name of the lock");
});

test("a name that nobody holds cannot be released", async () => {
  const { record, text } = await run({ confirm: name });

  expect(record.exitCode).toBe(1);
  expect(text).toContain("nobody has a lease on reconcile");
});

test("a lease that has expired is told as such, and taken away", async () => {
  await acquire("gone");
  await production.admin.run(
    "update m10_recovery.distributed_locks set acquired_at = now() - interval '2 hours', expires_at = now() - interval '1 hour'",
  );

  const { record, text } = await run({ confirm: name });

  expect(record.exitCode).toBe(0);
  expect(text).toMatch(/expired 3[56]\d\d s ago/);
  expect(await leases()).toEqual([]);
});

test("a lease that is another one by now is left alone", async () => {
  await acquire("gone");
  await using mover = await production.enter(owner, "mover");
  await mover.run("begin");
  await mover.run(
    "update m10_recovery.distributed_locks set holder_id = 'new', fencing_token = fencing_token + 1",
  );

  const running = run({ confirm: name });
  const waited = await letServerWait(production.admin, mover.pid, running);
  await mover.run("commit");
  const { record, text } = await running;

  expect(waited).toBe(true);
  expect(record.exitCode).toBe(1);
  expect(text).toContain("it is another lease by now, or none");
  expect(text).toMatch(/held by new since .* token 2/);
  expect(await leases()).toEqual([{ holder: "new", token: 2 }]);
});

test("who has the row in hand is named with how to end it, and is not waited for", async () => {
  await acquire("gone");
  await using idler = await production.enter(owner, "idler");
  await idler.run("begin");
  await idler.run("select from m10_recovery.distributed_locks for update");

  const { record, text } = await run({ confirm: name });

  expect(record.exitCode).toBe(1);
  expect(text).toContain(`process ${idler.pid} "rehearsal idler" (m10_owner, idle in transaction)`);
  expect(text).toContain(`select pg_terminate_backend(${idler.pid});`);
  expect(await leases()).toEqual([{ holder: "gone", token: 1 }]);

  const terminate = /select pg_terminate_backend\(\d+\);/.exec(text)?.[0] ?? "";
  await using ender = await production.enter(owner, "ender");
  await ender.run(terminate);
  expect((await run({ confirm: name })).record.exitCode).toBe(0);
});

test("another role than the owner is told whose it takes", async () => {
  await acquire("gone");

  const { record, text } = await run({ confirm: name }, "m10_app");

  expect(record.exitCode).toBe(1);
  expect(text).toContain("m10_app may not delete leases; log in as the owner of the table");
  expect(await leases()).toEqual([{ holder: "gone", token: 1 }]);
});

test("a record is kept each time, without a password", async () => {
  await acquire("gone");

  await run();
  const { text } = await run({ confirm: name });

  const kept = await readRecords(records);
  expect(kept.map(({ record }) => [record.command, record.verdict])).toEqual([
    ["release-lock", "no-go"],
    ["release-lock", "go"],
  ]);
  expect([text, ...kept.map((each) => each.text)].join("")).not.toContain("hush-hush");
});

test("a URL that holds a password is refused without showing it", async () => {
  const url = production.url().replace("@", ":open-sesame@");

  const refusal: unknown = await run({ url }).catch((error: unknown) => error);

  expect(refusal).toMatchObject({ code: "POSTGRES_URL_WITH_PASSWORD", exitCode: 2 });
  expect(String(refusal)).not.toContain("open-sesame");
});
