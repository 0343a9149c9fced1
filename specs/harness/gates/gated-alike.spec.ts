/**
 * Goal: Gates never change what a function does.
 * Method: Functions with hard features, and those of a migration, are called in a database as it is, in one with gates
 * and in one where the session is under control and nobody holds it. Answers, errors with their lines, notices and rows
 * afterwards must be the same, and gates must have been met.
 */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { z } from "zod";
import {
  type GateKind,
  installGates,
  type InstalledGates,
} from "../../../harness/gates/install-gates.ts";
import { createDatabase, type Database, databaseName } from "../../../harness/postgres/database.ts";
import { sql } from "../../../harness/postgres/query.ts";
import { quoteName } from "../../../harness/postgres/quote-name.ts";
import type { Tenancy } from "../../../harness/postgres/tenancy.ts";
import { openScratchTenancy, type ScratchTenancy } from "../postgres/scratch-tenancy.ts";
import { flowBodies } from "./hard-bodies/flow.ts";
import { type HardBody, table } from "./hard-bodies/hard-body.ts";
import { kindBodies } from "./hard-bodies/kinds.ts";
import { m10Calls } from "./hard-bodies/m10-calls.ts";
import { statementBodies } from "./hard-bodies/statements.ts";
import { play, type Played } from "./play-alike.ts";

const bodies = [...flowBodies, ...statementBodies, ...kindBodies].map((body, index) => ({
  what: body.what,
  schema: `h${index + 1}`,
  body,
}));

let scratch: ScratchTenancy;
let alike: Alike;
beforeAll(async () => {
  scratch = await openScratchTenancy();
  const app = quoteName(scratch.tenancy.roles["app"]?.role ?? "");
  const setup = bodies.map(({ schema, body }) => setUp(schema, body, app)).join("\n");
  alike = await openAlike(() => scratch.create(setup));
});
afterAll(async () => {
  await alike[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

test.for(bodies)("the same comes of $what", async ({ schema, body }) => {
  const { free, controlled, plain } = await playAlike(alike, schema, body);

  expect(free).toEqual(plain);
  expect(controlled.seen).toEqual(plain.seen);
  expect(controlled.gates.map(kindOfGate)).toContain(body.gates ?? "statement");
});

test("nothing but SQL functions is left as it is", () => {
  const languages = new Set(alike.installed.refused.map(({ reason }) => reason));

  expect([...languages]).toEqual(["written in sql: statement gates need PL/pgSQL"]);
});

test("every function of the migrations is gated, and the same comes of it", async () => {
  const { tenancy, templates } = inject("rehearsal");
  const clone = (): Promise<Database> =>
    createDatabase(tenancy, uniqueName(tenancy), templates.target);
  await using migrated = await openAlike(clone);

  const { free, controlled, plain } = await playAlike(migrated, "m10_recovery", {
    calls: m10Calls,
  });

  expect(free).toEqual(plain);
  expect(controlled.seen).toEqual(plain.seen);
  expect(migrated.installed.refused).toEqual([]);
  expect(functionsMet(migrated.installed, controlled.gates)).toEqual(
    await functionsOf(migrated.plain),
  );
});

interface Alike extends AsyncDisposable {
  readonly plain: Database;
  /** Gated, and nobody is under control. */
  readonly free: Database;
  /** Gated, for sessions under control. */
  readonly controlled: Database;
  readonly installed: InstalledGates;
}

async function openAlike(create: () => Promise<Database>): Promise<Alike> {
  await using opening = new AsyncDisposableStack();
  const plain = opening.use(await create());
  const free = opening.use(await create());
  const controlled = opening.use(await create());
  await gate(free);
  const installed = await gate(controlled);
  const opened = opening.move();
  return { plain, free, controlled, installed, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

async function gate(database: Database): Promise<InstalledGates> {
  await using owner = await database.connect({ name: "owner", role: "deployer" });
  return await installGates(owner);
}

function setUp(schema: string, { setup }: HardBody, app: string): string {
  return `create schema ${schema}; set search_path to ${schema}; ${table}
    grant usage on schema ${schema} to ${app}; ${setup};`;
}

async function playAlike(
  { plain, free, controlled }: Alike,
  schema: string,
  { calls, as }: Pick<HardBody, "calls" | "as">,
): Promise<Record<"plain" | "free" | "controlled", Played>> {
  const role = as ?? "deployer";
  const settings = { "rehearsal.slot": "2" };
  return {
    plain: await play(plain, { schema, role, calls }),
    free: await play(free, { schema, role, calls }),
    controlled: await play(controlled, { schema, role, calls, settings }),
  };
}

function kindOfGate(label: string): GateKind | undefined {
  return alike.installed.places.get(label)?.kind;
}

function functionsMet({ places }: InstalledGates, gates: readonly string[]): string[] {
  const met = gates.flatMap((label) => {
    const place = places.get(label);
    return place?.kind === "statement" ? [place.function] : [];
  });
  return [...new Set(met)].toSorted();
}

async function functionsOf(database: Database): Promise<string[]> {
  await using owner = await database.connect({ name: "owner", role: "deployer" });
  const found = await owner.all(sql.type(z.object({ name: z.string() }))`
    select oid::regprocedure::text as name from pg_proc
    where pronamespace = 'm10_recovery'::regnamespace`);
  return found.map(({ name }) => name).toSorted();
}

function uniqueName(tenancy: Tenancy): string {
  return databaseName(tenancy, `g${randomBytes(4).toString("hex")}`);
}
