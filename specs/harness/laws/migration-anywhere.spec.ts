/**
 * Goal: The laws of migrations need no binding: they are tried on any revision of any folder, the first one too.
 * Method: A folder of a shop with most kinds of objects, sound and with each kind of masking, on the run's server.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { migrationSubject } from "../../../harness/laws/migration/migration-subject.ts";
import { openTrials, type Trials } from "../../../harness/laws/open-trials.ts";
import { prepareServer } from "../../../harness/laws/prepare-server.ts";
import { readMigrations } from "../../../harness/migrations/read-migrations.ts";
import { selectRevision } from "../../../harness/migrations/revision.ts";
import { clearTenancy } from "../../../harness/postgres/tenancy.ts";

const shop = {
  "001_shop.up.sql": `
    create schema shop;
    create type shop.state as enum ('new', 'paid');
    create table shop.customer (id bigint generated always as identity primary key,
      name varchar(5) not null check (name <> ''), ref uuid, at timestamptz not null default now());
    create table shop.orders (id serial primary key, customer_id bigint not null references shop.customer,
      state shop.state not null default 'new', doc jsonb, tags text[] not null);`,
  "001_shop.down.sql": "drop schema shop cascade;",
  "002_lines.up.sql": `
    do $$ begin create type shop.kind as enum ('a', 'b'); end $$;
    alter table shop.orders add column kind shop.kind;
    create table shop.line (id serial primary key, order_id integer not null references shop.orders, n integer);
    create view shop.lines as select id, n from shop.line;
    create index orders_state_idx on shop.orders (state);
    create function shop.total(p_order integer) returns bigint language sql
      as 'select sum(n) from shop.line where order_id = p_order';
    create sequence shop.ticket;
    create domain shop.money as numeric check (value >= 0);
    create schema annex;`,
  "002_lines.down.sql": `
    drop schema annex;
    drop domain shop.money;
    drop sequence shop.ticket;
    drop function shop.total(integer);
    drop index shop.orders_state_idx;
    drop view shop.lines;
    drop table shop.line;
    alter table shop.orders drop column kind;
    drop type shop.kind;`,
};

let opened: AsyncDisposableStack;
beforeEach(() => {
  opened = new AsyncDisposableStack();
});
afterEach(() => opened.disposeAsync());

const needNoBinding = [
  "migration.applies",
  "migration.reversible",
  "migration.reappliable",
  "migration.preserves-rows",
  "migration.no-masking",
];

describe.each(["001_shop", "002_lines"])("on a sound folder, at %s", (to) => {
  test("the laws that need no binding are tried and hold", async () => {
    const trials = await openShop(shop, to);

    expect(trials.laws.map(({ id }) => id)).toEqual(needNoBinding);
    for (const id of needNoBinding) {
      const { verdict } = await trials.try(id, { effort: "default", seed: 1 });
      expect(verdict).toMatchObject({ kind: "holds" });
    }
  });
});

test("rows are invented, and one that is changed is told", async () => {
  const trials = await openShop({
    ...shop,
    "002_lines.up.sql": `${shop["002_lines.up.sql"]} update shop.customer set ref = null;`,
  });

  const { verdict } = await trials.try("migration.preserves-rows", { effort: "quick", seed: 1 });

  expect(verdict).toMatchObject({
    kind: "broken",
    evidence: { notes: ["starting rows were invented: none are bound"] },
    witness: { expected: "the 2 rows of shop.customer as they were before" },
  });
});

test("another order of columns is noted and breaks nothing", async () => {
  const down =
    "alter table shop.customer drop column ref; alter table shop.customer add column ref uuid;";
  const trials = await openShop({
    ...shop,
    "002_lines.down.sql": `${shop["002_lines.down.sql"]} ${down}`,
  });

  const { verdict } = await trials.try("migration.reversible", { effort: "quick", seed: 1 });

  expect(verdict).toMatchObject({ kind: "holds" });
  expect(JSON.stringify(verdict)).toContain("column shop.customer.ref: position from 3 to 5");
});

test.each([
  [
    "type shop.kind",
    "('a', 'b'); end",
    "('a', 'b'); exception when duplicate_object then null; end",
  ],
  ["column shop.orders.kind", "add column", "add column if not exists"],
  ["table shop.line", "create table", "create table if not exists"],
  ["view shop.lines", "create view", "create or replace view"],
  ["index shop.orders_state_idx", "create index", "create index if not exists"],
  ["function shop.total(integer)", "create function", "create or replace function"],
  ["sequence shop.ticket", "create sequence", "create sequence if not exists"],
  ["schema annex", "create schema", "create schema if not exists"],
  ["domain shop.money", "create domain", "drop domain if exists shop.money; create domain"],
])("a drifted %s is not passed over", async (object, sound, masking) => {
  const up = shop["002_lines.up.sql"].replace(sound, masking);
  const trials = await openShop({ ...shop, "002_lines.up.sql": up });

  const { verdict } = await trials.try("migration.no-masking", { effort: "default", seed: 1 });

  expect(verdict).toMatchObject({
    kind: "broken",
    witness: { expected: `up fails, since there is another ${object} than its own` },
  });
});

async function openShop(files: Readonly<Record<string, string>>, to?: string): Promise<Trials> {
  const folder = await mkdtemp(join(tmpdir(), "rehearsal-spec-"));
  opened.defer(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const selection = selectRevision(await readMigrations(folder), to);
  const { bindings: _bindings, ...sound } = inject("rehearsal");
  const runId = `shop${randomBytes(4).toString("hex")}`;
  const { address } = sound.tenancy;
  opened.defer(() => clearTenancy(address, runId));
  const prepared = await prepareServer(address, { runId, selection, binding: undefined });
  const migrations = { folder, to: selection.revision.id };
  return opened.use(await openTrials(migrationSubject, { ...sound, ...prepared, migrations }));
}
