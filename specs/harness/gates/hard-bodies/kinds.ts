import type { HardBody } from "./hard-body.ts";

/** Every kind of function, and what surrounds a body. */
export const kindBodies: readonly HardBody[] = [
  {
    what: "OUT and INOUT parameters",
    setup: `create function f(x integer, out a integer, inout b text, out c t) language plpgsql as $$
      begin
        a := (select count(*) from t);
        select * into c from t where id = x;
        if not found then b := 'none'; return; end if;
        b := b || c.v;
      end $$`,
    calls: ["select * from f(1, 'x')", "select f(9, 'y')"],
  },
  {
    what: "returns table, with columns called as the parameters are",
    setup: `create function f(integer) returns table (id integer, "select" text) language plpgsql as $$
      #variable_conflict use_column
      declare x alias for $1;
      begin
        for id, "select" in select t.id, v from t order by id limit x loop
          "select" := upper("select");
          return next;
        end loop;
        return query select id, v from t where id > $1;
      end $$`,
    calls: ["select * from f(2)"],
  },
  {
    what: "SECURITY DEFINER with a pinned path, called by whom may not see the table",
    setup: `revoke all on t from public;
      create function f(x integer) returns text language plpgsql
        security definer set search_path from current as $$
      declare got text;
      begin
        update t set v = v || '.' where id = x returning v into got;
        return got;
      end $$`,
    calls: ["select f(1)", "select * from t", "select f(5)"],
    as: "app",
  },
  {
    what: "a pinned path, pinned settings and settings of the transaction",
    setup: `create function f() returns text language plpgsql
        set search_path = pg_catalog, pg_temp set lock_timeout = '30ms' as $$
      declare said text := current_setting('lock_timeout') || current_setting('search_path');
      begin
        perform set_config('rehearsal_spec.x', 'set', true);
        set local statement_timeout = '17s';
        return said || current_setting('rehearsal_spec.x') || current_setting('statement_timeout');
      end $$;
      create function g() returns text language plpgsql as $$
      begin
        return coalesce(current_setting('rehearsal_spec.x', true), '') || current_setting('lock_timeout') || f();
      end $$`,
    calls: [
      "select g()",
      "show lock_timeout",
      "show statement_timeout",
      "begin",
      "select f()",
      "select g()",
      "rollback",
    ],
  },
  {
    what: "polymorphic, variadic and default arguments, and overloading",
    setup: `create function f(a anyelement, b anyelement default null) returns anyarray language plpgsql as $$
      declare x a%type;
      begin
        x := coalesce(b, a);
        insert into t values (10 + (select count(*) from t), x::text);
        return array[a, x];
      end $$;
      create function f(first text, variadic rest integer[]) returns bigint language plpgsql strict as $$
      begin
        return (select sum(each) from unnest(rest) as each) + length(first);
      end $$`,
    calls: [
      "select f(1)",
      "select f('x'::text, b := 'y')",
      "select f('x', 1, 2)",
      "select f(null, 1)",
    ],
  },
  {
    what: "row triggers that change NEW, read OLD and refuse",
    setup: `create table log (n serial, line text);
      create function f() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' then
          if old.v = 'c' then raise exception 'c stays'; end if;
          insert into log (line) values (tg_name || tg_when || old.v);
          return old;
        end if;
        new.v := coalesce(new.v, '') || tg_argv[0] || (select count(*) from log);
        insert into log (line) values (tg_op || new || coalesce(old::text, 'none'));
        if new.id > 50 then return null; end if;
        return new;
      end $$;
      create trigger changes before insert or update or delete on t for each row execute function f('arg')`,
    calls: [
      "insert into t values (4, 'd'), (51, 'skipped')",
      "update t set v = v || '!' where id < 3",
      "delete from t where id = 1",
      "delete from t",
    ],
  },
  {
    what: "statement triggers with transition tables, and a constraint trigger",
    setup: `create table log (n serial, line text);
      create function f() returns trigger language plpgsql as $$
      begin
        insert into log (line) select 'new ' || string_agg(v, ',' order by id) from new_rows;
        return null;
      end $$;
      create function late() returns trigger language plpgsql as $$
      begin
        if (select count(*) from t) > 5 then raise exception 'too many'; end if;
        return null;
      end $$;
      create trigger after_insert after insert on t referencing new table as new_rows
        for each statement execute function f();
      create constraint trigger at_end after insert on t deferrable initially deferred
        for each row execute function late()`,
    calls: [
      "insert into t values (4, 'd'), (5, 'e')",
      "begin",
      "insert into t values (6, 'f')",
      "commit",
      "truncate t",
    ],
  },
  {
    what: "triggers instead of, on a view",
    setup: `create view w as select id, upper(v) as v from t;
      create function f() returns trigger language plpgsql as $$
      begin
        update t set v = lower(new.v) where id = old.id;
        if not found then return null; end if;
        return new;
      end $$;
      create trigger w_update instead of update on w for each row execute function f()`,
    calls: ["update w set v = 'NEW' || id where id > 1 returning *"],
  },
  {
    what: "procedures that commit, roll back and call others",
    setup: `create procedure g(x integer, inout n integer default 0) language plpgsql as $$
      begin
        insert into t values (x, 'called');
        n := n + (select count(*) from t);
      end $$;
      create procedure f(inout said text) language plpgsql as $$
      declare n integer := 1;
      begin
        for i in 10..13 loop
          call g(i, n);
          if i % 2 = 0 then commit; else rollback; end if;
        end loop;
        said := said || n;
        insert into t values (1, 'double');
      exception when unique_violation then
        said := said || ' handled';
      end $$;
      create procedure h(inout said text) language plpgsql as $$
      declare n integer := 1;
      begin
        for i in 20..23 loop
          call g(i, n);
          if i % 2 = 0 then commit and chain; else rollback; end if;
        end loop;
        said := said || n;
      end $$`,
    calls: ["call g(7)", "call f('x')", "call h('y')", "begin", "call h('z')", "rollback"],
  },
  {
    what: "comments with keywords and quotes in them",
    setup: `create function f() returns text language plpgsql as $$
      -- declare x; begin 'unfinished "too $q$
      declare /* begin loop */ said text /* ' */ := 'a' -- it's;
        ;
      begin -- if then
        /* outer /* inner ; */ end if; */ update /* set */ t set v = v || ';--' where id = 1; -- return 1;
        if /* then */ found -- then
        then said := said || '/* ' /* ' */ || (select v from t where id = 1); -- else
        end /* loop */ if;
        return said; -- end
        /* return 'other'; */
      end; -- $ end
      $$`,
    calls: ["select f()"],
  },
  {
    what: "dollar quotes and escapes of every kind in the body",
    setup: `create function f() returns text language plpgsql as $outer$
      declare a text := $$ begin; $$; b text := $function$ return 1; $function$; c text := E'\\'; end;\\n'; d text := U&'\\003b';
      begin
        insert into t values (20, a || b || c || d || $x$ $y$ loop $y$ $x$ || '''; end''');
        return (select v from t where id = 20) || 'b' || B'101'::text || X'1F'::text;
      end $outer$`,
    calls: ["select f()"],
  },
  {
    what: "identifiers that are unicode, or words of the language",
    setup: `create table "größe; end" ("loop" integer, "é ü" text, "a""b" text);
      create function "f ☃"("begin" integer) returns text language plpgsql as $$
      <<"while">>
      declare größe integer := 1; "loop" integer; "é ü" text; query text := 'q'; row_count integer; "Then" record;
        exception text; perform integer; close integer[];
      begin
        "loop" = "begin" + größe;
        insert into "größe; end" values ("while"."loop", 'é', 'x"y') returning "a""b" into "é ü";
        for "Then" in select * from "größe; end" loop größe := größe + "Then"."loop"; end loop;
        perform := 4; exception := 'none'; close := array[1]; close[1] := perform;
        get diagnostics row_count = row_count;
        return größe || "é ü" || query || exception || close[1];
      end "while" $$`,
    calls: [`select "f ☃"(3)`],
  },
  {
    what: "SQL functions, with statements in quotes",
    setup: `create function f(x integer) returns setof t language sql as $$
      insert into t values (x, 'sql') on conflict (id) do update set v = t.v || '+';
      update t set v = upper(v) where id = x;
      delete from t where id > x returning *;
      $$`,
    calls: ["select * from f(2)", "select * from f(7)"],
    gates: "trigger",
  },
  {
    what: "SQL functions that begin atomic, called from PL/pgSQL",
    setup: `create function g(x integer) returns bigint language sql begin atomic
        insert into t values (x, case when x > 5 then 'big' else 'small' end);
        select count(*) from t;
      end;
      create function f(x integer) returns text language plpgsql as $$
      begin
        return g(x) || ' ' || g(x + 1);
      end $$`,
    calls: ["select f(5)", "select f(6)"],
  },
  {
    what: "stable and immutable functions, in an index, a check and a default",
    setup: `create function twice(x text) returns text language plpgsql immutable as $$
      begin return x || x; end $$;
      create function known(x integer) returns boolean language plpgsql stable as $$
      begin perform from t where id = x; return found; end $$;
      create function next_v() returns text language plpgsql as $$
      begin return 'v' || (select count(*) from t); end $$;
      create table u (id integer check (known(id)), v text default next_v());
      create index on u (twice(v))`,
    calls: [
      "insert into u (id) values (1), (2) returning *",
      "insert into t values (9, 'i')",
      "insert into u values (9, 'x'), (1, 'x')",
      "insert into u values (99)",
      "select twice(v) from u where twice(v) = 'v3v3'",
    ],
  },
  {
    what: "calls in transactions with savepoints, at every isolation",
    setup: `create function f(x integer) returns bigint language plpgsql as $$
      begin
        insert into t values (x, current_setting('transaction_isolation'));
        return (select count(*) from t);
      end $$`,
    calls: [
      "begin isolation level serializable",
      "select f(10)",
      "savepoint s",
      "select f(10)",
      "rollback to s",
      "select f(11)",
      "commit",
      "begin isolation level repeatable read",
      "select f(12)",
      "rollback",
      "begin read only",
      "select f(13)",
      "rollback",
    ],
  },
  {
    what: "transactions that ask for their own number",
    setup: `create function f() returns text language plpgsql as $$
      begin
        perform from t;
        return coalesce(pg_current_xact_id_if_assigned()::text, 'none');
      end $$`,
    calls: Array.from({ length: 40 }, () => "select f()"),
  },
];
