import type { HardBody } from "./hard-body.ts";

/** What statements leave behind for the next one, and every way to hand a query over. */
export const statementBodies: readonly HardBody[] = [
  {
    what: "FOUND after every statement that sets it",
    setup: `create function f() returns text language plpgsql as $$
      declare said text := ''; r record; c cursor for select * from t; n integer;
      begin
        said := said || found;
        select id into n from t where id = 99; said := said || found;
        update t set v = v where id = 1; said := said || found;
        delete from t where id = 99; said := said || found;
        perform from t where id = 2; said := said || found;
        if found then select 'so' || said into said; end if;
        perform from t where false; said := said || found;
        insert into t values (4, 'd'); said := said || found;
        execute 'select 1 where false' into n; said := said || found;
        open c; fetch c into r; said := said || found; move 10 from c; said := said || found;
        fetch c into r; said := said || found; close c;
        for r in select 1 where false loop null; end loop;
        if not found then update t set v = 'none' where id = 1; end if;
        return said || found;
      end $$`,
    calls: ["select f()"],
  },
  {
    what: "GET DIAGNOSTICS after a statement, and the lines of its context",
    setup: `create function f() returns text language plpgsql as $$
      declare n bigint; said text := ''; at text;
      begin
        update t set v = 'x' where id < 3; get diagnostics n = row_count; said := said || n;
        perform id from t; get diagnostics n = row_count; said := said || n;
        execute 'delete from t where id = $1' using 3;
        get current diagnostics n := row_count, at := pg_context;
        return said || n || at;
      end $$`,
    calls: ["select f()"],
  },
  {
    what: "dynamic statements with using, into and quoted parts",
    setup: `create function f(name text, x integer) returns text language plpgsql as $$
      declare a integer; b text; said text := '';
      begin
        execute format('select id, v from %I where id = $1', name) into strict a, b using x;
        execute 'insert into ' || quote_ident(name) || ' values ($1, $2)' using x + 10, b;
        for a, b in execute 'select id, v from t where id > $1 order by 1' using x loop
          said := said || a || b;
        end loop;
        execute $q$ update t set v = 'it''s; end if; loop' where id = 1 $q$;
        return said;
      end $$`,
    calls: ["select f('t', 1)", "select f('nowhere', 1)"],
  },
  {
    what: "bound cursors with arguments, one that moves, and a loop over one",
    setup: `create function f() returns text language plpgsql as $$
      declare c scroll cursor (low integer, high integer) for select * from t where id between low and high order by id;
        r t; said text := '';
      begin
        open c (high := 3, low := 1);
        fetch last from c into r; said := said || r.id;
        move backward 2 from c; fetch prior from c into r; said := said || coalesce(r.id, -1) || found;
        move first in c; fetch relative 1 from c into r; said := said || r.id;
        close c;
        for row in c(2, 3) loop said := said || row.v; end loop;
        return said;
      end $$`,
    calls: ["select f()"],
  },
  {
    what: "unbound cursors, and changes where they stand",
    setup: `create function f() returns text language plpgsql as $$
      declare c refcursor; d refcursor; r record; n integer := 0;
      begin
        open c for select * from t order by id for update;
        loop
          fetch c into r;
          exit when not found;
          update t set v = r.v || '!' where current of c;
          n := n + 1;
        end loop;
        close c;
        open d no scroll for execute 'select v from t where id > $1' using 1;
        move next in d; fetch from d into r; close d;
        return n || r.v;
      end $$`,
    calls: ["select f()"],
  },
  {
    what: "a cursor that the caller reads on",
    setup: `create function f(c refcursor) returns refcursor language plpgsql as $$
      begin
        open c for select id, v from t order by id;
        return c;
      end $$`,
    calls: [
      "begin",
      "select f('mine')",
      "fetch 2 from mine",
      "delete from t",
      "fetch all from mine",
      "commit",
    ],
  },
  {
    what: "return query, return next and both in turn",
    setup: `create function f() returns setof t language plpgsql as $$
      declare r t;
      begin
        return query select * from t where id = 1;
        if not found then return; end if;
        return query execute 'select * from t where id >= $1 order by id' using 2;
        r := (4, 'made'); return next r;
        return query delete from t where id = 2 returning *;
        for r in select * from t loop r.v := r.v || '?'; return next r; end loop;
      end $$;
      create function g() returns setof integer language plpgsql as $$
      begin
        return next (select max(id) from t);
        return next 7;
        return;
      end $$`,
    calls: ["select * from f()", "select * from g()", "select * from f()"],
  },
  {
    what: "returning into, on conflict, and a with clause that writes",
    setup: `create function f(x integer) returns text language plpgsql as $$
      declare a integer; b text; was_there boolean; n bigint;
      begin
        insert into t as new values (x, 'first') on conflict (id) do update set v = new.v || '+'
          returning id, v into a, b;
        was_there := b <> 'first';
        with gone as (delete from t where id <> x and v < 'b' returning *)
        insert into t select id + 100, v from gone;
        get diagnostics n = row_count;
        return concat_ws(' ', a, b, was_there, n);
      end $$`,
    calls: ["select f(2)", "select f(9)", "select f(9)"],
  },
  {
    what: "expressions that ask a table without a sub-select, and functions that do",
    setup: `create function newest() returns integer language sql as 'select max(id) from t';
      create function f() returns text language plpgsql as $$
      declare n integer; m integer; same boolean;
      begin
        n := max(id) from t;
        m = newest() + newest();
        same := n is distinct from m;
        insert into t values (m, 'm');
        return n || ' ' || m || same || (newest() = m);
      end $$`,
    calls: ["select f()"],
  },
  {
    what: "sequences and advisory locks",
    setup: `create sequence s;
      create function f() returns text language plpgsql as $$
      declare n bigint := nextval('s'); had boolean;
      begin
        n := n + nextval('s');
        had := pg_try_advisory_xact_lock(4711, n::integer);
        perform pg_advisory_xact_lock(4712), currval('s');
        if had then perform setval('s', 10); end if;
        return n || ' ' || had || ' ' || nextval('s');
      end $$`,
    calls: ["select f()", "select f()"],
  },
  {
    what: "temporary tables, do blocks and other DDL in a function",
    setup: `create function f() returns text language plpgsql as $$
      declare n bigint;
      begin
        create temporary table scratch on commit drop as select * from t;
        do $do$ begin update scratch set v = 'do' where id = 1; end $do$;
        execute 'alter table scratch add column more integer default 5';
        select sum(id + more) into n from scratch where v <> 'do';
        drop table scratch;
        create function made() returns integer language sql as $made$ select 1; $made$;
        return n || ' ' || made();
      end $$`,
    calls: ["select f()", "select made()"],
  },
  {
    what: "fields, elements and parts of documents that are assigned to",
    setup: `create type pair as (a integer, b text[]);
      create function f(p pair, x integer[], j jsonb) returns text language plpgsql as $$
      declare q pair; r record; s t;
      begin
        q := p; q.b[2] := 'second'; q.a := (select count(*) from t);
        x[2:3] := array[20, 30]; x[1] = x[2] + 1;
        select *, 'more' as more into r from t where id = 1; r.more := r.v || r.more;
        select v, id into s.v, s.id from t where id = 2;
        j := j || jsonb_build_object('n', (select count(*) from t));
        return row(q, x, r.more, s, j);
      end $$`,
    calls: [`select f(row(1, array['x']), array[1, 2, 3], '{"a": 1}')`],
  },
];
