import { gateKey, gateLockClass, gateSchema, hitSequence } from "./gate-locks.ts";

/** How many sessions of a gated database can be under control at once: `rehearsal.slot` is one of 1 to this. */
export const gateSlots = 4;

/**
 * The call of a gate, an expression that is false. The function itself runs without a lock_timeout, so it has to be told
 * the one in force where it is called.
 */
export function gateCall(label: string): string {
  return `${gateSchema}.gate(${textLiteral(label)}, pg_catalog.current_setting('lock_timeout'))`;
}

export const tableEvents = ["insert", "update", "delete", "truncate"] as const;
export type TableEvent = (typeof tableEvents)[number];

/** The statement that puts a gate on a table: it fires once a statement, when that has taken its snapshot. */
export function gateTrigger(event: TableEvent, table: string, label: string): string {
  return (
    `create trigger rehearsal_gate_${event} before ${event} on ${table} for each statement` +
    ` execute function ${gateSchema}.trigger_gate(${textLiteral(label)})`
  );
}

function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * Makes the schema with the gate function, and the function of trigger gates. A session that has `rehearsal.slot` set
 * tells that it has come to a gate, and how often it has come to one, and waits there while another session holds the
 * advisory lock ({@link gateLockClass}, {@link gateKey}); any other session passes.
 *
 * It counts in sequences because they do not roll back with an exception block, and those are not logged so that
 * counting never gives a transaction a number. INFO reaches the client whatever client_min_messages says.
 *
 * Limits: in a read-only transaction, where sequences are closed, nobody is held; a parallel worker must not meet a
 * gate; a statement_timeout goes on while a session is held; PostgreSQL 14 logs every sequence, so that there a gate
 * may give its transaction a number. Each slot's sequence is locked (RowExclusiveLock) to the end of the transaction.
 */
export function gateFunction(versionNum: number): string {
  const unlogged = versionNum >= 150_000 ? "unlogged " : "";
  const sequences = Array.from(
    { length: gateSlots },
    (_, index) => `create ${unlogged}sequence ${hitSequence(index + 1)};`,
  );
  return `
    create schema ${gateSchema};
    grant usage on schema ${gateSchema} to public;
    ${sequences.join("\n    ")}
    ${gate}
    ${triggerGate}`;
}

/**
 * The same for a script that people carry out with psql: there a session has `rehearsal.slot` and tells in
 * `rehearsal.stops` the hits at which it is to be held, and waits at each while another session holds the advisory lock of
 * {@link scriptGateKey}. Hits are counted from when this is run.
 */
export function scriptGates(slots: number): string {
  const sequences = Array.from(
    { length: slots },
    (_, index) => `create sequence ${hitSequence(index + 1)};`,
  );
  return `create schema ${gateSchema};
grant usage on schema ${gateSchema} to public;
${sequences.join("\n")}
create function ${gateSchema}.gate(gate text, lock_timeout text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = 0 as $gate$
declare
  slot constant integer := nullif(current_setting('rehearsal.slot', true), '');
  hit bigint;
begin
  if slot is null then
    return false;
  end if;
  hit := nextval(('${gateSchema}.hit_' || slot)::regclass);
  if hit::text = any (string_to_array(current_setting('rehearsal.stops', true), ',')) then
    raise info 'held at %', gate;
    perform pg_advisory_lock_shared(${gateLockClass}, slot * ${hitsPerScript} + hit::integer);
    perform pg_advisory_unlock_shared(${gateLockClass}, slot * ${hitsPerScript} + hit::integer);
  end if;
  return false;
end;
$gate$;
grant execute on function ${gateSchema}.gate(text, text) to public;${triggerGate}`;
}

export function scriptGateKey(slot: number, hit: number): number {
  return slot * hitsPerScript + hit;
}

/** Few enough for keys that people can read. */
const hitsPerScript = 1000;

const gate = `
    create function ${gateSchema}.gate(gate text, lock_timeout text) returns boolean
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set lock_timeout = 0
    as $gate$
    declare
      slot constant integer := nullif(current_setting('rehearsal.slot', true), '');
      hit bigint;
    begin
      if slot is null or current_setting('transaction_read_only')::boolean then
        return false;
      end if;
      hit := nextval(('${gateSchema}.hit_' || slot)::regclass);
      raise info 'rehearsal gate' using detail = json_build_object(
        'gate', gate, 'hit', hit, 'lockTimeout', lock_timeout, 'xid', pg_current_xact_id_if_assigned()::text);
      perform pg_advisory_lock_shared(${gateLockClass}, ${gateKey("slot", "hit::integer")});
      perform pg_advisory_unlock_shared(${gateLockClass}, ${gateKey("slot", "hit::integer")});
      return false;
    end;
    $gate$;
    grant execute on function ${gateSchema}.gate(text, text) to public;`;

const triggerGate = `
    create function ${gateSchema}.trigger_gate() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $gate$
    begin
      if ${gateSchema}.gate(tg_argv[0], current_setting('lock_timeout')) then
      end if;
      return null;
    end;
    $gate$;`;
