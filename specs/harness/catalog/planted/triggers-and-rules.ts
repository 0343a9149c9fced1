import { plant } from "../planted-difference.ts";

const table = "create table shop.t (a integer)";
const called = `create function shop.f() returns trigger language plpgsql as 'begin return new; end'; ${table}`;
const trigger = `${called}; create trigger g before update on shop.t for each row execute function shop.f()`;
const constraint = (timing: string): string =>
  `create constraint trigger g after update on shop.t ${timing} for each row execute function shop.f()`;

export const triggers = [
  plant(
    "trigger.definition",
    trigger,
    "create or replace trigger g before update of a on shop.t for each row execute function shop.f()",
    [
      "~ trigger g on table shop.t: definition from 'CREATE TRIGGER g BEFORE UPDATE ON shop.t FOR EACH ROW EXECUTE FUNCTION shop.f()' to 'CREATE TRIGGER g BEFORE UPDATE OF a ON shop.t FOR EACH ROW EXECUTE FUNCTION shop.f()'",
    ],
  ),
  plant("trigger.enabled", trigger, "alter table shop.t disable trigger g", [
    "~ trigger g on table shop.t: enabled from 'enabled' to 'disabled'",
  ]),
  plant(
    "trigger.deferrable",
    `${called}; ${constraint("")}`,
    `drop trigger g on shop.t; ${constraint("deferrable")}`,
    [
      "~ trigger g on table shop.t: definition from 'CREATE CONSTRAINT TRIGGER g AFTER UPDATE ON shop.t NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION shop.f()' to 'CREATE CONSTRAINT TRIGGER g AFTER UPDATE ON shop.t DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION shop.f()'",
      "~ trigger g on table shop.t: deferrable from false to true",
      "= trigger g on table shop.t: dropped and made again",
    ],
  ),
  plant(
    "trigger.initially deferred",
    `${called}; ${constraint("deferrable")}`,
    `drop trigger g on shop.t; ${constraint("deferrable initially deferred")}`,
    [
      "~ trigger g on table shop.t: definition from 'CREATE CONSTRAINT TRIGGER g AFTER UPDATE ON shop.t DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION shop.f()' to 'CREATE CONSTRAINT TRIGGER g AFTER UPDATE ON shop.t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION shop.f()'",
      "~ trigger g on table shop.t: initially deferred from false to true",
      "= trigger g on table shop.t: dropped and made again",
    ],
  ),
  plant(
    "trigger.from partitioned",
    `create function shop.f() returns trigger language plpgsql as 'begin return new; end';
     create table shop.p (a integer) partition by list (a);
     create table shop.t partition of shop.p for values in (1);
     create trigger g after update on shop.p for each row execute function shop.f()`,
    `drop trigger g on shop.p;
     create trigger g after update on shop.t for each row execute function shop.f()`,
    [
      "- trigger g on table shop.p",
      "~ trigger g on table shop.t: from partitioned from true to false",
      "= trigger g on table shop.t: dropped and made again",
    ],
    { since: 15 },
  ),
];

const guard = (event: string, rest = ""): string =>
  `create event trigger shop_guard on ${event} ${rest} execute function shop.f()`;
const guarded = `create function shop.f() returns event_trigger language plpgsql as 'begin end';
  create function shop.g() returns event_trigger language plpgsql as 'begin end'; ${guard("sql_drop")}`;

export const eventTriggers = [
  plant(
    "event trigger.owner",
    guarded,
    "update pg_event_trigger set evtowner = '<writer>'::regrole where evtname = 'shop_guard'",
    ["~ event trigger shop_guard: owner from 'admin' to 'writer'"],
  ),
  plant(
    "event trigger.event",
    guarded,
    `drop event trigger shop_guard; ${guard("ddl_command_end")}`,
    [
      "~ event trigger shop_guard: event from 'sql_drop' to 'ddl_command_end'",
      "= event trigger shop_guard: dropped and made again",
    ],
  ),
  plant(
    "event trigger.function",
    guarded,
    "drop event trigger shop_guard; create event trigger shop_guard on sql_drop execute function shop.g()",
    [
      "~ event trigger shop_guard: function from 'shop.f()' to 'shop.g()'",
      "= event trigger shop_guard: dropped and made again",
    ],
  ),
  plant("event trigger.enabled", guarded, "alter event trigger shop_guard disable", [
    "~ event trigger shop_guard: enabled from 'enabled' to 'disabled'",
  ]),
  plant(
    "event trigger.tags",
    guarded,
    `drop event trigger shop_guard; ${guard("sql_drop", "when tag in ('DROP TABLE', 'DROP INDEX')")}`,
    [
      "~ event trigger shop_guard: tags from [] to [DROP INDEX, DROP TABLE]",
      "= event trigger shop_guard: dropped and made again",
    ],
  ),
];

export const rules = [
  plant(
    "rule.definition",
    `${table}; create rule r as on delete to shop.t do instead nothing`,
    "create or replace rule r as on delete to shop.t where old.a > 1 do instead nothing",
    [
      "~ rule r on table shop.t: definition, from line 2",
      "    -     ON DELETE TO shop.t DO INSTEAD NOTHING;",
      "    +     ON DELETE TO shop.t",
      "    +    WHERE (old.a > 1) DO INSTEAD NOTHING;",
    ],
  ),
  plant(
    "rule.enabled",
    `${table}; create rule r as on delete to shop.t do instead nothing`,
    "alter table shop.t disable rule r",
    ["~ rule r on table shop.t: enabled from 'enabled' to 'disabled'"],
  ),
];

const policy = `${table}; create policy y on shop.t to <reader> using (a > 0)`;

export const policies = [
  plant(
    "policy.command",
    policy,
    "drop policy y on shop.t; create policy y on shop.t for select to <reader> using (a > 0)",
    [
      "~ policy y on table shop.t: command from 'all' to 'select'",
      "= policy y on table shop.t: dropped and made again",
    ],
  ),
  plant(
    "policy.permissive",
    policy,
    "drop policy y on shop.t; create policy y on shop.t as restrictive to <reader> using (a > 0)",
    [
      "~ policy y on table shop.t: permissive from true to false",
      "= policy y on table shop.t: dropped and made again",
    ],
  ),
  plant("policy.roles", policy, "alter policy y on shop.t to <writer>, <reader>", [
    "~ policy y on table shop.t: roles from [reader] to [reader, writer]",
  ]),
  plant("policy.using", policy, "alter policy y on shop.t using (a > 1)", [
    "~ policy y on table shop.t: using from '(a > 0)' to '(a > 1)'",
  ]),
  plant("policy.with check", policy, "alter policy y on shop.t with check (a > 1)", [
    "~ policy y on table shop.t: with check from nothing to '(a > 1)'",
  ]),
];

const statistics =
  "create table shop.t (a integer, b integer); create statistics shop.s (ndistinct) on a, b from shop.t";

export const extendedStatistics = [
  plant(
    "extended statistics.owner",
    statistics,
    "grant create on schema shop to <writer>; alter statistics shop.s owner to <writer>",
    [
      "+ grant create on schema shop to writer",
      "~ statistics shop.s: owner from 'admin' to 'writer'",
    ],
  ),
  plant(
    "extended statistics.definition",
    statistics,
    "drop statistics shop.s; create statistics shop.s (dependencies) on a, b from shop.t",
    [
      "~ statistics shop.s: definition from 'CREATE STATISTICS shop.s (ndistinct) ON a, b FROM shop.t' to 'CREATE STATISTICS shop.s (dependencies) ON a, b FROM shop.t'",
      "= statistics shop.s: dropped and made again",
    ],
  ),
  plant(
    "extended statistics.statistics target",
    statistics,
    "alter statistics shop.s set statistics 500",
    ["~ statistics shop.s: statistics target from nothing to 500"],
  ),
];
