/** How an object of a kind comes and goes, and what can be hung on it. `shop` is a schema that is there already. */
export interface Life {
  readonly kind: string;
  /** What must be there before. */
  readonly needs?: string;
  readonly create: string;
  readonly drop: string;
  /** What a snapshot calls it. */
  readonly name: string;
  /** What `comment on` calls it. */
  readonly comment?: string;
  /** A privilege and what `grant` calls the object. */
  readonly grant?: readonly [privilege: string, object: string];
}

const table = "create table shop.t (a integer)";
const oneColumn = `${table}; create table shop.other (a integer)`;
const routine = `create function shop.f() returns trigger language plpgsql as 'begin return new; end'; ${table}`;
const inThisDatabase = (action: string): string =>
  `do $$ begin execute format('alter database %I ${action}', current_database()); end $$`;

export const lives: readonly Life[] = [
  {
    kind: "setting",
    create: inThisDatabase("set shop.size = 1"),
    drop: inThisDatabase("reset shop.size"),
    name: "setting shop.size of the database",
  },
  {
    kind: "schema",
    create: "create schema shop_annex",
    drop: "drop schema shop_annex",
    name: "schema shop_annex",
    comment: "schema shop_annex",
    grant: ["usage", "schema shop_annex"],
  },
  {
    kind: "extension",
    // An extension's script is a file on the server; its entry in the catalog is enough to tell it by.
    create: `insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
      select pg_nextoid('pg_extension', 'oid', 'pg_extension_oid_index'), 'shop_tools', extowner, extnamespace, true, '1.0'
      from pg_extension where extname = 'plpgsql'`,
    drop: "drop extension shop_tools",
    name: "extension shop_tools",
    comment: "extension shop_tools",
  },
  {
    kind: "enum",
    create: "create type shop.e as enum ('a')",
    drop: "drop type shop.e",
    name: "type shop.e",
    comment: "type shop.e",
    grant: ["usage", "type shop.e"],
  },
  {
    kind: "composite type",
    create: "create type shop.c as (a integer)",
    drop: "drop type shop.c",
    name: "type shop.c",
    comment: "type shop.c",
    grant: ["usage", "type shop.c"],
  },
  {
    kind: "domain",
    create: "create domain shop.d as text",
    drop: "drop domain shop.d",
    name: "domain shop.d",
    comment: "domain shop.d",
    grant: ["usage", "domain shop.d"],
  },
  {
    kind: "range type",
    create: "create type shop.r as range (subtype = text)",
    drop: "drop type shop.r",
    name: "type shop.r",
    comment: "type shop.r",
    grant: ["usage", "type shop.r"],
  },
  {
    kind: "base type",
    create: `create type shop.w;
      create function shop.w_in(cstring) returns shop.w language internal immutable as 'textin';
      create function shop.w_out(shop.w) returns cstring language internal immutable as 'textout';
      create type shop.w (input = shop.w_in, output = shop.w_out)`,
    drop: "drop type shop.w cascade",
    name: "type shop.w",
    comment: "type shop.w",
    grant: ["usage", "type shop.w"],
  },
  {
    kind: "table",
    create: table,
    drop: "drop table shop.t",
    name: "table shop.t",
    comment: "table shop.t",
    grant: ["select", "table shop.t"],
  },
  {
    kind: "column",
    needs: "create table shop.t ()",
    create: "alter table shop.t add a integer",
    drop: "alter table shop.t drop a",
    name: "column shop.t.a",
    comment: "column shop.t.a",
    grant: ["select (a)", "table shop.t"],
  },
  {
    kind: "constraint",
    needs: table,
    create: "alter table shop.t add constraint k check (a > 0)",
    drop: "alter table shop.t drop constraint k",
    name: "constraint k on table shop.t",
    comment: "constraint k on shop.t",
  },
  {
    kind: "constraint",
    needs: "create domain shop.d as integer",
    create: "alter domain shop.d add constraint k check (value > 0)",
    drop: "alter domain shop.d drop constraint k",
    name: "constraint k on domain shop.d",
    comment: "constraint k on domain shop.d",
  },
  {
    kind: "index",
    needs: table,
    create: "create index i on shop.t (a)",
    drop: "drop index shop.i",
    name: "index shop.i",
    comment: "index shop.i",
  },
  {
    kind: "sequence",
    create: "create sequence shop.s",
    drop: "drop sequence shop.s",
    name: "sequence shop.s",
    comment: "sequence shop.s",
    grant: ["usage", "sequence shop.s"],
  },
  {
    kind: "view",
    create: "create view shop.v as select 1 as a",
    drop: "drop view shop.v",
    name: "view shop.v",
    comment: "view shop.v",
    grant: ["select", "shop.v"],
  },
  {
    kind: "materialized view",
    create: "create materialized view shop.m as select 1 as a",
    drop: "drop materialized view shop.m",
    name: "materialized view shop.m",
    comment: "materialized view shop.m",
    grant: ["select", "shop.m"],
  },
  {
    kind: "function",
    create: "create function shop.f(a integer, b text) returns void language sql as ''",
    drop: "drop function shop.f",
    name: "function shop.f(integer, text)",
    comment: "function shop.f(integer, text)",
    grant: ["execute", "function shop.f(integer, text)"],
  },
  {
    kind: "function",
    create: "create procedure shop.p() language sql as ''",
    drop: "drop procedure shop.p",
    name: "procedure shop.p()",
    comment: "procedure shop.p()",
    grant: ["execute", "procedure shop.p()"],
  },
  {
    kind: "aggregate",
    create: "create aggregate shop.total(integer) (sfunc = int4pl, stype = integer)",
    drop: "drop aggregate shop.total(integer)",
    name: "aggregate shop.total(integer)",
    comment: "aggregate shop.total(integer)",
    grant: ["execute", "function shop.total(integer)"],
  },
  {
    kind: "trigger",
    needs: routine,
    create: "create trigger g before update on shop.t for each row execute function shop.f()",
    drop: "drop trigger g on shop.t",
    name: "trigger g on table shop.t",
    comment: "trigger g on shop.t",
  },
  {
    kind: "event trigger",
    needs: "create function shop.g() returns event_trigger language plpgsql as 'begin end'",
    create: "create event trigger shop_guard on sql_drop execute function shop.g()",
    drop: "drop event trigger shop_guard",
    name: "event trigger shop_guard",
    comment: "event trigger shop_guard",
  },
  {
    kind: "rule",
    needs: table,
    create: "create rule r as on delete to shop.t do instead nothing",
    drop: "drop rule r on shop.t",
    name: "rule r on table shop.t",
    comment: "rule r on shop.t",
  },
  {
    kind: "policy",
    needs: table,
    create: "create policy y on shop.t using (true)",
    drop: "drop policy y on shop.t",
    name: "policy y on table shop.t",
    comment: "policy y on shop.t",
  },
  {
    kind: "extended statistics",
    needs: "create table shop.t (a integer, b integer)",
    create: "create statistics shop.s on a, b from shop.t",
    drop: "drop statistics shop.s",
    name: "statistics shop.s",
    comment: "statistics shop.s",
  },
  {
    kind: "default privilege",
    create: "alter default privileges in schema shop grant execute on functions to <reader>",
    drop: "alter default privileges in schema shop revoke execute on functions from <reader>",
    name: "default grant execute on functions in schema shop to reader by admin",
  },
  {
    kind: "privilege",
    needs: oneColumn,
    create: "grant select on shop.other to <reader>",
    drop: "revoke select on shop.other from <reader>",
    name: "grant select on table shop.other to reader",
  },
  {
    kind: "comment",
    needs: "create operator shop.+ (function = int4pl, leftarg = integer, rightarg = integer)",
    create:
      "comment on operator shop.+ (integer, integer) is 'of a kind that no snapshot holds yet'",
    drop: "comment on operator shop.+ (integer, integer) is null",
    name: "comment on operator shop.+(integer,integer)",
  },
  {
    kind: "security label",
    needs: table,
    create:
      "insert into pg_seclabel values ('shop.t'::regclass, 'pg_class'::regclass, 1, 'vault', 'x')",
    drop: "delete from pg_seclabel where objoid = 'shop.t'::regclass",
    name: "security label for vault on column shop.t.a",
  },
];
