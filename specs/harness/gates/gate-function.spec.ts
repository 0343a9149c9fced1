/**
 * Goal: A gate holds a session under control until it is let go, tells where it stands, and lets all others pass.
 * Method: Sessions call a gated function while another one holds the locks of its gates. Who waits for whom is asked of
 * the server.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { gateSlots } from "../../../harness/gates/gate-function.ts";
import { createGateLocks, type GateLocks } from "../../../harness/gates/gate-locks.ts";
import { installGates, type InstalledGates } from "../../../harness/gates/install-gates.ts";
import { letServerWait } from "../../../harness/explore/wait-for.ts";
import type { Database } from "../../../harness/postgres/database.ts";
import { plainText, sql } from "../../../harness/postgres/query.ts";
import type { Session } from "../../../harness/postgres/session.ts";
import { openScratchTenancy, type ScratchTenancy } from "../postgres/scratch-tenancy.ts";

const setup = `
  create table box (n integer);
  create function put(x integer) returns integer language plpgsql security definer
    set search_path = public, pg_temp set lock_timeout = '30ms' as $$
  begin
    begin
      insert into box values (x);
      perform 1 / x;
    exception when division_by_zero then null;
    end;
    return x;
  end $$;
  create function put(x text) returns void language sql as 'insert into box values (x::integer)';
  create schema other;
  create table other.box (n integer);
  create function other.look() returns bigint language plpgsql stable as $$
  begin
    return (select count(*) from public.box);
  end $$;
  grant usage on schema other to public; grant all on box to public`;

let scratch: ScratchTenancy;
let database: Database;
let installed: InstalledGates;
beforeAll(async () => {
  scratch = await openScratchTenancy();
  database = await scratch.create(setup);
  await using owner = await database.connect({ name: "owner", role: "deployer" });
  installed = await installGates(owner);
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

test("every gate is told with the line that it stands before", () => {
  expect([...installed.places]).toEqual([
    [
      "look#1",
      {
        kind: "statement",
        function: "other.look()",
        line: 3,
        text: "return (select count(*) from public.box);",
      },
    ],
    [
      "public.put(integer)#1",
      {
        kind: "statement",
        function: "public.put(integer)",
        line: 4,
        text: "insert into box values (x);",
      },
    ],
    [
      "public.put(integer)#2",
      { kind: "statement", function: "public.put(integer)", line: 8, text: "return x;" },
    ],
    ...["other.box", "public.box"].flatMap((table) =>
      ["insert", "update", "delete", "truncate"].map((event) => [
        `${event} on ${table}`,
        { kind: "trigger", table, event },
      ]),
    ),
  ]);
});

test("what is not written in PL/pgSQL is refused by name", () => {
  expect(installed.refused).toEqual([
    { function: "public.put(text)", reason: "written in sql: statement gates need PL/pgSQL" },
  ]);
});

test.for(Array.from({ length: gateSlots }, (_, index) => index + 1))(
  "a session of slot %i is held at each gate until it is let go",
  async (slot) => {
    await using hands = await openHands();
    await using held = await controlled(slot);
    const gates = listen(held);

    const answer = held.answer(plainText("select put(1)"));
    const waits = [];
    for (const hit of [1, 2, 3]) {
      waits.push(await hands.wait(answer));
      await hands.locks.holdAt(slot, hit + 1);
    }

    expect(await answer).toEqual({ kind: "rows", rows: [{ put: 1 }] });
    expect(waits).toEqual([true, true, true]);
    expect(gates).toMatchObject([
      { gate: "public.put(integer)#1", hit: 1, lockTimeout: "30ms", xid: null },
      { gate: "insert on public.box", hit: 2, lockTimeout: "30ms", xid: null },
      { gate: "public.put(integer)#2", hit: 3, lockTimeout: "30ms", xid: expect.any(String) },
    ]);
  },
);

test("the lock_timeout of a function does not end the wait at its gates", async () => {
  await using hands = await openHands();
  await using held = await controlled(1);

  const answer = held.answer(plainText("select put(2)"));
  await hands.wait(answer);
  const waited = await longerThan(hands.watcher, held.pid, "60 milliseconds");
  await hands.locks.openAll();

  expect(waited).toBe(true);
  expect(await answer).toEqual({ kind: "rows", rows: [{ put: 2 }] });
});

test("gates are counted on when what a function did is rolled back", async () => {
  await using session = await controlled(4);
  const gates = listen(session);

  await session.run("begin; select put(0); rollback");
  await session.run("select put(0)");

  const [{ hit: first } = { hit: 0 }] = gates;
  expect(gates.map(({ hit }) => hit - first)).toEqual([0, 1, 2, 3, 4, 5]);
});

test.for([
  { what: "that is not under control", settings: {} },
  { what: "whose slot is empty", settings: { "rehearsal.slot": "" } },
  {
    what: "in a read-only transaction",
    settings: { "rehearsal.slot": "1", default_transaction_read_only: "on" },
  },
])("a session $what passes", async ({ settings }) => {
  await using hands = await openHands();
  await using session = await database.connect({ name: "free", role: "app", settings });
  const gates = listen(session);

  const answer = session.answer(plainText("select other.look() >= 0 as looked"));
  const waits = await hands.wait(answer);

  expect(waits).toBe(false);
  expect(await answer).toEqual({ kind: "rows", rows: [{ looked: true }] });
  expect(gates).toEqual([]);
});

test("a session that is held can be cancelled", async () => {
  await using hands = await openHands();
  await using held = await controlled(3, "deployer");

  const answer = held.answer(plainText("select other.look()"));
  await hands.wait(answer);
  await hands.watcher.run("select pg_cancel_backend($1)", [held.pid]);

  expect(await answer).toMatchObject({ kind: "error", sqlstate: "57014" });
});

/** Whoever calls may have no rights but to call. */
function controlled(slot: number, role: "app" | "deployer" = "app"): Promise<Session> {
  const settings = { "rehearsal.slot": String(slot) };
  return database.connect({ name: "held", role, settings });
}

const gateDetail = z.object({
  gate: z.string(),
  hit: z.number(),
  lockTimeout: z.string(),
  xid: z.string().nullable(),
});

function listen(session: Session): z.infer<typeof gateDetail>[] {
  const gates: z.infer<typeof gateDetail>[] = [];
  session.listen(({ message, detail }) => {
    if (message === "rehearsal gate") gates.push(gateDetail.parse(JSON.parse(detail ?? "")));
  });
  return gates;
}

interface Hands extends AsyncDisposable {
  readonly locks: GateLocks;
  readonly watcher: Session;
  /** Whether somebody waits for the locks of the gates before `underWay` ends. */
  wait(underWay: Promise<unknown>): Promise<boolean>;
}

/** Holds every slot at its next gate. Counting begins anew. */
async function openHands(): Promise<Hands> {
  await using opening = new AsyncDisposableStack();
  const hand = opening.use(await database.connect({ name: "hand", role: "deployer" }));
  const watcher = opening.use(await database.connect({ name: "watcher", role: "deployer" }));
  for (let slot = 1; slot <= gateSlots; slot += 1)
    await watcher.run(`alter sequence rehearsal_gates.hit_${slot} restart`);
  const locks = createGateLocks(hand);
  for (let slot = 1; slot <= gateSlots; slot += 1) await locks.holdAt(slot, 1);
  const opened = opening.move();
  return {
    locks,
    watcher,
    wait: (underWay) => letServerWait(watcher, hand.pid, underWay),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Asks the server until the wait of a session has lasted for longer; false if it waits no more. */
async function longerThan(watcher: Session, pid: number, duration: string): Promise<boolean> {
  for (;;) {
    const { longer } = await watcher.one(sql.type(z.object({ longer: z.boolean().nullable() }))`
      select bool_or(clock_timestamp() - waitstart > ${duration}::interval) as longer
      from pg_locks where pid = ${pid} and not granted`);
    if (longer !== false) return longer === true;
  }
}
