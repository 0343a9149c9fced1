import type { HardBody } from "./hard-body.ts";

/** Control flow and errors. */
export const flowBodies: readonly HardBody[] = [
  {
    what: "nested loops that are left and gone on with by label",
    setup: `create function f() returns text language plpgsql as $$
      declare r record; said text := '';
      begin
        <<outer_loop>>
        for r in select id from t order by id loop
          <<inner_loop>>
          for i in reverse 5..1 by 2 loop
            continue outer_loop when r.id = 2;
            exit inner_loop when i = 1;
            exit outer_loop when r.id = (select max(id) from t);
            said := said || r.id || i;
          end loop inner_loop;
          insert into t values (r.id + 10, said);
        end loop outer_loop;
        return said;
      end $$`,
    calls: ["select f()"],
  },
  {
    what: "a while loop whose condition asks the table, and continue",
    setup: `create function f() returns integer language plpgsql as $$
      declare rounds integer := 0;
      begin
        while exists (select from t where v <> 'done') loop
          rounds := rounds + 1;
          if rounds % 2 = 0 then continue; end if;
          update t set v = 'done' where id = (select min(id) from t where v <> 'done');
        end loop;
        return rounds;
      end $$`,
    calls: ["select f()", "select f()"],
  },
  {
    what: "a loop that is left by return only",
    setup: `create function f(wanted integer) returns integer language plpgsql as $$
      declare found_id integer;
      begin
        loop
          select id into found_id from t where id = wanted;
          if found then return found_id; end if;
          begin
            insert into t values (wanted, 'new');
          exception when unique_violation then null;
          end;
        end loop;
      end $$`,
    calls: ["select f(1)", "select f(7)", "select f(7)"],
  },
  {
    what: "exit when, an if and bounds that ask the table",
    setup: `create function f() returns text language plpgsql as $$
      declare said text := '';
      begin
        for i in (select min(id) from t)..(select max(id) + 5 from t) loop
          exit when (select count(*) from t) > 5;
          if not exists (select from t where id = i) then
            insert into t values (i, 'filled');
            said := said || 'filled ' || i;
          elsif (select v from t where id = i) = 'b' then
            said := said || 'b';
          else
            said := said || '-';
          end if;
        end loop;
        return said;
      end $$`,
    calls: ["select f()"],
  },
  {
    what: "both kinds of case, and a value that meets no branch",
    setup: `create function f(x integer) returns text language plpgsql as $$
      declare said text;
      begin
        case (select v from t where id = x)
          when 'a', 'b' then select 'early ' || v into said from t where id = x;
          when 'c' then said := 'late';
        end case;
        case when x = 1 then return said || '!'; when x > (select 2) then null; else said := said || '?'; end case;
        return said;
      end $$`,
    calls: ["select f(1)", "select f(2)", "select f(3)", "select f(4)"],
  },
  {
    what: "foreach over elements and slices",
    setup: `create function f(a integer[]) returns text language plpgsql as $$
      declare x integer; y integer[]; said text := '';
      begin
        foreach x in array a loop insert into t values (x, 'each') on conflict do nothing; end loop;
        foreach x in array (select array_agg(id order by id) from t) loop said := said || x; end loop;
        foreach y slice 1 in array a loop said := said || y::text || found; end loop;
        return said || found;
      end $$`,
    calls: ["select f(array[[1, 5], [6, 7]])", "select f('{}')"],
  },
  {
    what: "an exception block that asks for its error and raises it again",
    setup: `create function f() returns text language plpgsql as $$
      declare m text; d text; h text; c text; s text; x text;
      begin
        insert into t values (9, 'kept');
        begin
          insert into t values (10, 'undone');
          insert into t values (1, 'double');
        exception when unique_violation or check_violation then
          get stacked diagnostics m = message_text, d = pg_exception_detail, h = pg_exception_hint,
            c = pg_exception_context, s = returned_sqlstate, x = constraint_name;
          insert into t values (11, concat_ws('|', m, d, h, c, s, x, sqlstate, sqlerrm));
        end;
        return (select v from t where id = 11);
      end $$;
      create function again() returns void language plpgsql as $$
      begin
        insert into t values (12, 'undone');
        perform 1 / (id - 1) from t;
      exception when others then
        update t set v = 'handled';
        raise;
      end $$`,
    calls: ["select f()", "select again()"],
  },
  {
    what: "handlers within handlers, and conditions of one's own",
    setup: `create function f() returns text language plpgsql as $$
      declare said text := '';
      begin
        begin
          begin
            delete from t where id = 1;
            raise exception using errcode = 'M0001', message = 'inner', hint = (select v from t where id = 2);
          exception when sqlstate 'M0001' then
            said := said || sqlerrm || (select count(*) from t);
            raise division_by_zero;
          end;
        exception when others then
          said := said || sqlstate || (select count(*) from t);
          begin
            insert into t values (2, 'double');
          exception when others then said := said || sqlerrm;
          end;
        end;
        return said;
      end $$`,
    calls: ["select f()"],
  },
  {
    what: "errors that nobody handles, with the lines they happened in",
    setup: `create function inner_f(x integer) returns void language plpgsql as $$
      begin
        insert into t values (x, 'twice');

        insert into t values (x, 'twice');
      end $$;
      create function f(x integer) returns void language plpgsql as $$
      begin
        perform inner_f(x);
      end $$`,
    calls: ["select f(8)", "select f(null)"],
  },
  {
    what: "strict into with no row, one row and more",
    setup: `create function f(x integer) returns text language plpgsql as $$
      #print_strict_params on
      declare got t%rowtype;
      begin
        select * into strict got from t where id >= x;
        got.v := got.v || '!';
        return got;
      end $$`,
    calls: ["select f(9)", "select f(3)", "select f(1)"],
  },
  {
    what: "assert, and every level of raise",
    setup: `create function f(x integer) returns integer language plpgsql as $$
      begin
        assert (select count(*) from t) > x, format('no more than %s', x);
        raise notice 'notice % of % %%', x, (select count(*) from t);
        raise warning using message = 'warned', detail = 'in detail', table = 't';
        raise info 'info';
        raise log 'unheard';
        return x;
      end $$`,
    calls: ["select f(1)", "select f(3)"],
  },
  {
    what: "recursion",
    setup: `create function f(n integer) returns integer language plpgsql as $$
      begin
        if n <= 1 then return (select min(id) from t); end if;
        insert into t values (n * 10, 'deep') on conflict (id) do update set v = t.v || 'er';
        return n * f(n - 1);
      end $$`,
    calls: ["select f(5)", "select f(2)"],
  },
  {
    what: "labelled blocks that are left, and declarations that ask the table",
    setup: `create function f(id integer) returns text language plpgsql as $$
      <<fn>>
      declare n integer := (select count(*) from t); said text := '';
      begin
        <<part>>
        declare n integer := (select max(t.id) from t); at text := (select v from t where t.id = n);
        begin
          said := fn.n || ' ' || part.n || at;
          exit part when f.id = 1;
          declare third constant bigint := (select sum(t.id) from t where t.id <= f.id);
          begin
            said := said || third;
          end;
        end part;
        return said;
      end fn $$`,
    calls: ["select f(1)", "select f(2)"],
  },
  {
    what: "bodies with nothing in them, and branches with nothing in them",
    setup: `create function f() returns void language plpgsql as $$ begin end $$;
      create function g(x integer) returns void language plpgsql as $$
      begin
        if x = 1 then elsif x = 2 then else end if;
        loop exit; end loop;
        begin exception when others then end;
        return;
      end $$`,
    calls: ["select f()", "select g(1)", "select g(3)"],
  },
];
