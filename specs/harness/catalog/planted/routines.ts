import { plant } from "../planted-difference.ts";

const sqlFunction = (options: string): string =>
  `create or replace function shop.f(a integer) returns integer language sql ${options} as 'select 1'`;
const plain = sqlFunction("");

export const routines = [
  plant(
    "function.owner",
    `${plain}; revoke all on function shop.f from current_user, public`,
    "alter function shop.f owner to <writer>",
    ["~ function shop.f(integer): owner from 'admin' to 'writer'"],
  ),
  plant(
    "function.arguments",
    plain,
    "create or replace function shop.f(a integer default 7) returns integer language sql as 'select 1'",
    ["~ function shop.f(integer): arguments from 'a integer' to 'a integer DEFAULT 7'"],
  ),
  plant(
    "function.returns",
    plain,
    "drop function shop.f; create function shop.f(a integer) returns bigint language sql as 'select 1'",
    [
      "~ function shop.f(integer): returns from 'integer' to 'bigint'",
      "= function shop.f(integer): dropped and made again",
    ],
  ),
  plant("function.parallel", plain, "alter function shop.f parallel safe", [
    "~ function shop.f(integer): parallel from 'unsafe' to 'safe'",
  ]),
  plant(
    "function.window",
    "create function shop.f() returns bigint language internal as 'window_row_number'",
    "drop function shop.f; create function shop.f() returns bigint window language internal as 'window_row_number'",
    [
      "~ function shop.f(): window from false to true",
      "= function shop.f(): dropped and made again",
    ],
  ),
  plant(
    "function.language",
    "create function shop.f() returns void language sql as ''",
    "create or replace function shop.f() returns void language plpgsql as 'begin end'",
    [
      "~ function shop.f(): language from 'sql' to 'plpgsql'",
      "~ function shop.f(): body from '' to 'begin end'",
    ],
  ),
  plant("function.volatility", plain, "alter function shop.f stable", [
    "~ function shop.f(integer): volatility from 'volatile' to 'stable'",
  ]),
  plant("function.strict", plain, "alter function shop.f strict", [
    "~ function shop.f(integer): strict from false to true",
  ]),
  plant("function.leakproof", plain, "alter function shop.f leakproof", [
    "~ function shop.f(integer): leakproof from false to true",
  ]),
  plant("function.security definer", plain, "alter function shop.f security definer", [
    "~ function shop.f(integer): security definer from false to true",
  ]),
  plant("function.cost", plain, "alter function shop.f cost 7", [
    "~ function shop.f(integer): cost from 100 to 7",
  ]),
  plant(
    "function.rows",
    "create function shop.f() returns setof integer language sql as 'select 1'",
    "alter function shop.f rows 7",
    ["~ function shop.f(): rows from 1000 to 7"],
  ),
  plant("function.settings", plain, "alter function shop.f set search_path = shop, pg_temp", [
    "~ function shop.f(integer): settings from [] to [search_path=shop, pg_temp]",
  ]),
  plant(
    "function.body",
    "create function shop.f() returns void language plpgsql as 'begin\n  perform 1;\nend'",
    "create or replace function shop.f() returns void language plpgsql as 'begin\n  perform 2;\n  perform 3;\nend'",
    [
      "~ function shop.f(): body, from line 2",
      "    -   perform 1;",
      "    +   perform 2;",
      "    +   perform 3;",
    ],
  ),
  plant(
    "function.parsed body",
    "create function shop.f() returns integer return 1",
    "create or replace function shop.f() returns integer return 2",
    ["~ function shop.f(): parsed body from 'RETURN 1' to 'RETURN 2'"],
  ),
  plant(
    "function.library",
    "create function shop.f() returns language_handler language c as 'plpgsql', 'plpgsql_call_handler'",
    "create or replace function shop.f() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler'",
    ["~ function shop.f(): library from 'plpgsql' to '$libdir/plpgsql'"],
  ),
  plant(
    "function.support",
    plain,
    "alter function shop.f support pg_catalog.generate_series_int4_support",
    ["~ function shop.f(integer): support from nothing to 'generate_series_int4_support'"],
  ),
  plant(
    "function.transforms",
    `create type shop.word as (a text);
     create function shop.read(internal) returns internal language internal immutable as 'textin';
     create transform for shop.word language plpgsql (from sql with function shop.read(internal));
     create function shop.f(a shop.word) returns void language plpgsql as 'begin end'`,
    `create or replace function shop.f(a shop.word) returns void
     transform for type shop.word language plpgsql as 'begin end'`,
    ["~ function shop.f(shop.word): transforms from [] to [shop.word]"],
  ),
  plant(
    "function.body",
    "create procedure shop.p(a integer) language sql as 'select 1'",
    "create or replace procedure shop.p(a integer) language sql as 'select 2'",
    ["~ procedure shop.p(integer): body from 'select 1' to 'select 2'"],
  ),
];

const total = (options: string): string =>
  `create or replace aggregate shop.total(a integer) (sfunc = int4pl, stype = integer${options})`;
const steps = `create function shop.step(integer, integer) returns integer language sql as 'select 1';
  create function shop.step(integer, integer, integer) returns integer language sql as 'select 1';
  create function shop.finish(integer) returns integer language sql as 'select 1';
  create function shop.finish(integer, integer) returns integer language sql as 'select 1'`;
const moving = (options: string): string =>
  total(`, msfunc = int4pl, minvfunc = int4mi, mstype = integer${options}`);
const average = (options: string): string =>
  `create or replace aggregate shop.average(numeric) (sfunc = numeric_avg_accum, stype = internal,
   finalfunc = numeric_avg, combinefunc = numeric_avg_combine${options})`;

export const aggregates = [
  plant(
    "aggregate.owner",
    `${total("")}; revoke all on function shop.total from current_user, public`,
    "alter aggregate shop.total(integer) owner to <writer>",
    ["~ aggregate shop.total(integer): owner from 'admin' to 'writer'"],
  ),
  plant(
    "aggregate.arguments",
    total(""),
    "drop aggregate shop.total(integer); create aggregate shop.total(b integer) (sfunc = int4pl, stype = integer)",
    [
      "~ aggregate shop.total(integer): arguments from 'a integer' to 'b integer'",
      "= aggregate shop.total(integer): dropped and made again",
    ],
  ),
  plant(
    ["aggregate.returns", "aggregate.state type", "aggregate.transition"],
    total(""),
    "drop aggregate shop.total(integer); create aggregate shop.total(a integer) (sfunc = int84pl, stype = bigint, initcond = '0')",
    [
      "~ aggregate shop.total(integer): returns from 'integer' to 'bigint'",
      "~ aggregate shop.total(integer): transition from 'int4pl(integer,integer)' to 'int84pl(bigint,integer)'",
      "~ aggregate shop.total(integer): state type from 'integer' to 'bigint'",
      "~ aggregate shop.total(integer): initial state from nothing to '0'",
      "= aggregate shop.total(integer): dropped and made again",
    ],
  ),
  plant("aggregate.parallel", total(""), total(", parallel = safe"), [
    "~ aggregate shop.total(integer): parallel from 'unsafe' to 'safe'",
  ]),
  plant(
    ["aggregate.kind", "aggregate.direct arguments"],
    `${steps}; create aggregate shop.total(integer, integer) (sfunc = shop.step, stype = integer)`,
    `drop aggregate shop.total(integer, integer);
     create aggregate shop.total(integer order by integer) (sfunc = shop.step, stype = integer, finalfunc = shop.finish)`,
    [
      "~ aggregate shop.total(integer, integer): arguments from 'integer, integer' to 'integer ORDER BY integer'",
      "~ aggregate shop.total(integer, integer): kind from 'normal' to 'ordered set'",
      "~ aggregate shop.total(integer, integer): direct arguments from 0 to 1",
      "~ aggregate shop.total(integer, integer): transition from 'shop.step(integer,integer,integer)' to 'shop.step(integer,integer)'",
      "~ aggregate shop.total(integer, integer): final from nothing to 'shop.finish(integer,integer)'",
      "~ aggregate shop.total(integer, integer): final writes from 'read only' to 'read write'",
      "~ aggregate shop.total(integer, integer): moving final writes from 'read only' to 'read write'",
      "= aggregate shop.total(integer, integer): dropped and made again",
    ],
  ),
  plant(
    "aggregate.transition",
    total(""),
    `create or replace aggregate shop.total(a integer) (sfunc = int4mul, stype = integer)`,
    [
      "~ aggregate shop.total(integer): transition from 'int4pl(integer,integer)' to 'int4mul(integer,integer)'",
    ],
  ),
  plant("aggregate.state size", total(""), total(", sspace = 64"), [
    "~ aggregate shop.total(integer): state size from 0 to 64",
  ]),
  plant("aggregate.initial state", total(""), total(", initcond = '0'"), [
    "~ aggregate shop.total(integer): initial state from nothing to '0'",
  ]),
  plant("aggregate.final", total(""), total(", finalfunc = int4abs"), [
    "~ aggregate shop.total(integer): final from nothing to 'int4abs(integer)'",
  ]),
  plant(
    "aggregate.final gets arguments",
    `${steps}; ${total(", finalfunc = shop.finish")}`,
    total(", finalfunc = shop.finish, finalfunc_extra"),
    [
      "~ aggregate shop.total(integer): final from 'shop.finish(integer)' to 'shop.finish(integer,integer)'",
      "~ aggregate shop.total(integer): final gets arguments from false to true",
    ],
  ),
  plant(
    "aggregate.final writes",
    total(", finalfunc = int4abs"),
    total(", finalfunc = int4abs, finalfunc_modify = read_write"),
    ["~ aggregate shop.total(integer): final writes from 'read only' to 'read write'"],
  ),
  plant("aggregate.combine", total(""), total(", combinefunc = int4pl"), [
    "~ aggregate shop.total(integer): combine from nothing to 'int4pl(integer,integer)'",
  ]),
  plant(
    ["aggregate.serialize", "aggregate.deserialize"],
    average(""),
    average(", serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize"),
    [
      "~ aggregate shop.average(numeric): serialize from nothing to 'numeric_avg_serialize(internal)'",
      "~ aggregate shop.average(numeric): deserialize from nothing to 'numeric_avg_deserialize(bytea,internal)'",
    ],
  ),
  plant("aggregate.sort operator", total(""), total(", sortop = operator(pg_catalog.<)"), [
    "~ aggregate shop.total(integer): sort operator from nothing to '<(integer,integer)'",
  ]),
  plant(
    ["aggregate.moving transition", "aggregate.moving inverse", "aggregate.moving state type"],
    total(""),
    moving(""),
    [
      "~ aggregate shop.total(integer): moving transition from nothing to 'int4pl(integer,integer)'",
      "~ aggregate shop.total(integer): moving inverse from nothing to 'int4mi(integer,integer)'",
      "~ aggregate shop.total(integer): moving state type from nothing to 'integer'",
    ],
  ),
  plant("aggregate.moving state size", moving(""), moving(", msspace = 64"), [
    "~ aggregate shop.total(integer): moving state size from 0 to 64",
  ]),
  plant("aggregate.moving initial state", moving(""), moving(", minitcond = '0'"), [
    "~ aggregate shop.total(integer): moving initial state from nothing to '0'",
  ]),
  plant("aggregate.moving final", moving(""), moving(", mfinalfunc = int4abs"), [
    "~ aggregate shop.total(integer): moving final from nothing to 'int4abs(integer)'",
  ]),
  plant(
    "aggregate.moving final gets arguments",
    `${steps}; ${moving(", mfinalfunc = shop.finish")}`,
    moving(", mfinalfunc = shop.finish, mfinalfunc_extra"),
    [
      "~ aggregate shop.total(integer): moving final from 'shop.finish(integer)' to 'shop.finish(integer,integer)'",
      "~ aggregate shop.total(integer): moving final gets arguments from false to true",
    ],
  ),
  plant(
    "aggregate.moving final writes",
    moving(", mfinalfunc = int4abs"),
    moving(", mfinalfunc = int4abs, mfinalfunc_modify = shareable"),
    ["~ aggregate shop.total(integer): moving final writes from 'read only' to 'shareable'"],
  ),
];
