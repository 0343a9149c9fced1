import { z } from "zod";
import { type Lane, openLane } from "../../../harness/programs/lane.ts";
import type { ScratchTenancy } from "../postgres/scratch-tenancy.ts";
import { type Act, call, type Program } from "../../../harness/programs/program.ts";
import type { Fault } from "../../../harness/programs/fault.ts";
import type { Reader } from "../../../harness/programs/read-state.ts";
import { plainText, sql } from "../../../harness/postgres/query.ts";
import type { Answer } from "../../../harness/postgres/session.ts";

/** A small table with functions that are sound or broken in the usual ways. */
export const seats = `
  create table seat (name text primary key, taken_by text not null, times integer not null default 1);
  create table entry (name text not null, taken_by text not null);
  create sequence ticket;
  grant all on seat, entry, ticket to public;
  create function draw() returns boolean language plpgsql as $$
  begin
    perform nextval('ticket');
    return true;
  end $$;
  create function take(who text) returns boolean language plpgsql as $$
  begin
    insert into seat values ('a', who) on conflict do nothing;
    return found;
  end $$;
  create function check_then_take(who text) returns boolean language plpgsql as $$
  begin
    if exists (select from entry where name = 'a') then
      return false;
    end if;
    insert into entry values ('a', who);
    return true;
  end $$;
  create function take_or_read(who text) returns text language sql as $$
    with taken as (insert into seat values ('a', who) on conflict do nothing returning taken_by)
    select taken_by from taken union all select taken_by from seat where name = 'a' limit 1;
  $$;
  create function take_or_tell(who text) returns text language plpgsql as $$
  declare
    teller text;
  begin
    with taken as (insert into seat values ('a', who) on conflict do nothing returning taken_by)
    select taken_by into teller from (select * from taken union all select taken_by from seat where name = 'a') as both_of_them limit 1;
    return teller;
  end $$;
  create function count_up() returns integer language plpgsql as $$
  declare
    counted integer;
  begin
    select times into counted from seat where name = 'b';
    update seat set times = counted + 1 where name = 'b';
    return counted;
  end $$;
  create function count_up_held() returns integer language plpgsql as $$
  declare
    counted integer;
  begin
    select times into counted from seat where name = 'b' for update;
    update seat set times = counted + 1 where name = 'b';
    return counted;
  end $$;
  create function reads_twice() returns boolean language plpgsql as $$
  declare
    counted integer;
  begin
    select times into counted from seat where name = 'b';
    return counted = (select times from seat where name = 'b');
  end $$;
  create function take_guarded(who text) returns boolean language plpgsql as $$
  begin
    if not pg_try_advisory_lock(7) then
      return false;
    end if;
    insert into entry values ('a', who);
    perform pg_advisory_unlock(7);
    return true;
  end $$;
  create function lock_both(first text, second text) returns boolean language plpgsql as $$
  begin
    perform from seat where name = first for update;
    perform from seat where name = second for update;
    return true;
  end $$;`;

/** A lane with a seat or two taken, for two sessions. It goes with the stack. */
export async function openSeats(
  scratch: ScratchTenancy,
  resources: AsyncDisposableStack,
): Promise<Lane> {
  const database = resources.use(await scratch.create(seats));
  const lane = resources.use(await openLane(database, { sessions: 2, role: "app" }));
  await lane.prepare(async () => {
    await lane.reader.run(fillSeats);
  });
  return lane;
}

export const fillSeats = "insert into seat values ('b', 'nobody'), ('c', 'nobody')";

/** As {@link pair}, and the first one, who is struck, calls a second time, as callers do who got no answer. */
export function struck(name: string, fault: Fault): Program {
  const { title, scripts } = pair(name);
  const [first, ...others] = scripts;
  if (first === undefined) throw new Error("a pair has two scripts");
  const again = { ...first, acts: [...first.acts, ...first.acts] };
  return { title, scripts: [again, ...others], fault };
}

/** Two who call a function each, the same one unless told otherwise. */
export function pair(name: string, other = name): Program {
  return {
    title: `${name} beside ${other}`,
    scripts: [
      { name: "ann", isolation: "read committed", acts: [callOf(name, "ann")] },
      { name: "ben", isolation: "read committed", acts: [callOf(other, "ben")] },
    ],
  };
}

function callOf(name: string, who: string): Act {
  const argument = name.includes("take") ? `'${who}'` : "";
  const refuses = ({ kind, ...answered }: Answer): boolean =>
    kind === "rows" && name === "take_guarded" && JSON.stringify(answered).includes("false");
  return call(plainText(`select ${name}(${argument}) as answer`), { refuses });
}

export const answer = call<unknown>;

export async function left(reader: Reader): Promise<unknown> {
  const row = sql.type(z.looseObject({}));
  return [
    await reader.all(row`select * from seat order by name`),
    await reader.all(row`select * from entry order by taken_by`),
  ];
}
