import { plant } from "../planted-difference.ts";

const view = "create view shop.v as select 1 as a";

export const views = [
  plant(
    "view.owner",
    `${view}; revoke all on shop.v from current_user`,
    "alter view shop.v owner to <writer>",
    ["~ view shop.v: owner from 'admin' to 'writer'"],
  ),
  plant("view.definition", view, "create or replace view shop.v as select 2 as a", [
    "~ view shop.v: definition from ' SELECT 1 AS a;' to ' SELECT 2 AS a;'",
  ]),
  plant("view.options", view, "alter view shop.v set (security_barrier = on)", [
    "~ view shop.v: options from [] to [security_barrier=on]",
  ]),
];

const materialized = "create materialized view shop.m as select 'x'::text as a";

export const materializedViews = [
  plant(
    "materialized view.owner",
    `${materialized}; revoke all on shop.m from current_user`,
    "alter materialized view shop.m owner to <writer>",
    ["~ materialized view shop.m: owner from 'admin' to 'writer'"],
  ),
  plant(
    "materialized view.definition",
    materialized,
    "drop materialized view shop.m; create materialized view shop.m as select 'y'::text as a",
    [
      "~ materialized view shop.m: definition from ' SELECT 'x'::text AS a;' to ' SELECT 'y'::text AS a;'",
      "= materialized view shop.m: dropped and made again",
    ],
  ),
  plant(
    "materialized view.populated",
    materialized,
    "refresh materialized view shop.m with no data",
    ["~ materialized view shop.m: populated from true to false"],
  ),
  plant(
    "materialized view.persistence",
    materialized,
    "update pg_class set relpersistence = 'u' where oid = 'shop.m'::regclass",
    ["~ materialized view shop.m: persistence from 'permanent' to 'unlogged'"],
  ),
  plant(
    "materialized view.access method",
    `create access method shop_heap type table handler heap_tableam_handler; ${materialized}`,
    "drop materialized view shop.m; create materialized view shop.m using shop_heap as select 'x'::text as a",
    [
      "~ materialized view shop.m: access method from 'heap' to 'shop_heap'",
      "= materialized view shop.m: dropped and made again",
    ],
  ),
  plant(
    "materialized view.options",
    materialized,
    "alter materialized view shop.m set (fillfactor = 70)",
    ["~ materialized view shop.m: options from [] to [fillfactor=70]"],
  ),
  plant(
    "materialized view.toast options",
    materialized,
    "alter materialized view shop.m set (toast.autovacuum_enabled = off)",
    ["~ materialized view shop.m: toast options from [] to [autovacuum_enabled=off]"],
  ),
  plant(
    "materialized view.tablespace",
    materialized,
    "alter materialized view shop.m set tablespace <tablespace>",
    ["~ materialized view shop.m: tablespace from nothing to '<tablespace>'"],
  ),
];

const sequence = "create sequence shop.s";

export const sequences = [
  plant(
    "sequence.owner",
    `${sequence}; revoke all on sequence shop.s from current_user`,
    "alter sequence shop.s owner to <writer>",
    ["~ sequence shop.s: owner from 'admin' to 'writer'"],
  ),
  plant(["sequence.type", "sequence.maximum"], sequence, "alter sequence shop.s as integer", [
    "~ sequence shop.s: type from 'bigint' to 'integer'",
    "~ sequence shop.s: maximum from '9223372036854775807' to '2147483647'",
  ]),
  plant("sequence.start", sequence, "alter sequence shop.s start 7", [
    "~ sequence shop.s: start from '1' to '7'",
  ]),
  plant("sequence.increment", sequence, "alter sequence shop.s increment 2", [
    "~ sequence shop.s: increment from '1' to '2'",
  ]),
  plant("sequence.minimum", sequence, "alter sequence shop.s minvalue -5", [
    "~ sequence shop.s: minimum from '1' to '-5'",
  ]),
  plant("sequence.maximum", sequence, "alter sequence shop.s maxvalue 99", [
    "~ sequence shop.s: maximum from '9223372036854775807' to '99'",
  ]),
  plant("sequence.cache", sequence, "alter sequence shop.s cache 32", [
    "~ sequence shop.s: cache from '1' to '32'",
  ]),
  plant("sequence.cycle", sequence, "alter sequence shop.s cycle", [
    "~ sequence shop.s: cycle from false to true",
  ]),
  plant(
    "sequence.persistence",
    sequence,
    "alter sequence shop.s set unlogged",
    ["~ sequence shop.s: persistence from 'permanent' to 'unlogged'"],
    { since: 15 },
  ),
  plant(
    "sequence.owned by",
    `${sequence}; create table shop.t (a integer)`,
    "alter sequence shop.s owned by shop.t.a",
    ["~ sequence shop.s: owned by from nothing to 'shop.t.a'"],
  ),
  plant(
    "sequence.identity of",
    `create sequence shop.t_a_seq as integer; create table shop.t (a integer not null)`,
    "drop sequence shop.t_a_seq; alter table shop.t alter a add generated always as identity",
    [
      "~ column shop.t.a: identity from 'none' to 'always'",
      "~ sequence shop.t_a_seq: identity of from nothing to 'shop.t.a'",
      "= sequence shop.t_a_seq: dropped and made again",
    ],
  ),
];
