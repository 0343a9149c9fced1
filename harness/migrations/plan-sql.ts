import { quoteName } from "../postgres/quote-name.ts";
import type { Ledger } from "./ledger.ts";
import type { Move } from "./move.ts";
import type { Settings } from "./session-settings.ts";

/**
 * A move as one file for psql, ledger included: what it leaves is what running the move leaves. A transactional one is for
 * `psql -1 -f`, which begins and commits; another one for `psql -f`. The same move gives the same text.
 */
export function planSql(move: Move, ledger: Ledger, settings: Settings): string {
  const scope = move.transactional ? "set local" : "set";
  return [
    String.raw`\set ON_ERROR_STOP on`,
    ...Object.entries(settings).map(
      ([name, value]) => `${scope} ${quoteName(...name.split("."))} = ${literal(value)};`,
    ),
    ...(move.from === null ? [createLedgerSql(ledger)] : []),
    demandLedgerSql(move, ledger),
    "",
    move.sql.trimEnd(),
    "",
    moveLedgerSql(move, ledger),
    "",
  ].join("\n");
}

function createLedgerSql({ schema, table, column }: Ledger): string {
  return (
    `create table if not exists ${quoteName(schema, table)} (${quoteName(column)} varchar(32) not null, ` +
    `constraint ${quoteName(`${table}_pkc`)} primary key (${quoteName(column)}));`
  );
}

/** Stops where the database is not where the move begins, and keeps it there to the end of the transaction. */
function demandLedgerSql({ from }: Move, { schema, table, column }: Ledger): string {
  const name = quoteName(schema, table);
  const isThere =
    from === null
      ? `exists (select from ${name})`
      : `(select array_agg(${quoteName(column)}::text) from (select * from ${name} for update) as l)
      is distinct from array[${literal(from)}]`;
  const message = `the ledger ${schema}.${table} is not at ${from ?? "no revision"}`;
  return `do $rehearsal$
begin
  if ${isThere} then
    raise exception using errcode = 'object_not_in_prerequisite_state', message = ${literal(message)};
  end if;
end;
$rehearsal$;`;
}

function moveLedgerSql({ from, to }: Move, { schema, table, column }: Ledger): string {
  const [name, id] = [quoteName(schema, table), quoteName(column)];
  if (from === null) return `insert into ${name} (${id}) values (${literal(to ?? "")});`;
  if (to === null) return `delete from ${name} where ${id} = ${literal(from)};`;
  return `update ${name} set ${id} = ${literal(to)} where ${id} = ${literal(from)};`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
