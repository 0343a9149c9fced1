import { z } from "zod";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { SqlRunner } from "./sql-runner.ts";

/** The table that says which revision a database is at: one row, or none before the first revision. */
export interface Ledger {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

export const alembicLedger: Ledger = {
  schema: "public",
  table: "alembic_version",
  column: "version_num",
};

/** Makes the ledger as alembic does, unless there is a table of its name. Ids longer than 32 characters do not fit. */
export async function createLedger(session: SqlRunner, ledger: Ledger): Promise<void> {
  if (!(await isMissing(session, ledger))) return;
  await session.run(
    `create table ${quotedName(ledger)} (` +
      `${quoted(ledger.column)} varchar(32) not null, ` +
      `constraint ${quoted(`${ledger.table}_pkc`)} primary key (${quoted(ledger.column)}))`,
  );
}

async function isMissing(session: SqlRunner, ledger: Ledger): Promise<boolean> {
  const { rows } = await session.run("select to_regclass($1) is null as missing", [
    quotedName(ledger),
  ]);
  return missingRow.parse(rows[0]).missing;
}

const missingRow = z.object({ missing: z.boolean() });

/** The revision that the database is at; null before the first. Throws `LEDGER_MISSING` and `LEDGER_MISMATCH`. */
export async function readLedger(session: SqlRunner, ledger: Ledger): Promise<string | null> {
  if (await isMissing(session, ledger)) throw missing(ledger);
  return onlyId(await ids(session, ledger, ""), ledger);
}

/** A way from one revision to the next or back; null stands for before the first. */
export interface LedgerMove {
  readonly from: string | null;
  readonly to: string | null;
}

/**
 * Makes sure, before anything else is done, that the database is where the move begins, and that it stays there to the
 * end of the transaction: a second deployer waits here, and finds the ledger moved. Throws `LEDGER_MISMATCH`,
 * `LEDGER_MISSING` and, if the ledger could not hold the new id, `LEDGER_TOO_NARROW`.
 */
export async function holdLedger(
  session: SqlRunner,
  ledger: Ledger,
  move: LedgerMove,
): Promise<void> {
  await demandRoom(session, ledger, move);
  if (move.from === null) {
    // There is no row yet that could be locked.
    await session.run(`lock table ${quotedName(ledger)} in share row exclusive mode`);
  }
  const found = onlyId(await ids(session, ledger, " for update"), ledger);
  if (found !== move.from) throw mismatch(ledger, move, found);
}

/** As {@link holdLedger}, for a session that is in no transaction: nothing is held afterwards. */
export async function checkLedger(
  session: SqlRunner,
  ledger: Ledger,
  move: LedgerMove,
): Promise<void> {
  await demandRoom(session, ledger, move);
  const found = await readLedger(session, ledger);
  if (found !== move.from) throw mismatch(ledger, move, found);
}

/** Writes the move. Throws `LEDGER_MISMATCH` unless exactly the row that the move begins with was there. */
export async function moveLedger(
  session: SqlRunner,
  ledger: Ledger,
  { from, to }: LedgerMove,
): Promise<void> {
  const name = quotedName(ledger);
  const column = quoted(ledger.column);
  const [sql, values] =
    from === null
      ? [`insert into ${name} (${column}) select $1 where not exists (select from ${name})`, [to]]
      : to === null
        ? [`delete from ${name} where ${column} = $1`, [from]]
        : [`update ${name} set ${column} = $1 where ${column} = $2`, [to, from]];
  const { rows } = await session.run(`${sql} returning ${column} as id`, values);
  if (rows.map((row) => idRow.parse(row)).length !== 1)
    throw mismatch(ledger, { from, to }, await readLedger(session, ledger));
}

/**
 * Makes the session the only one that runs a revision without a transaction on this database, until it ends or
 * {@link unclaimLedger}. Throws `LEDGER_BUSY` if another is: behind a session that waits, `create index concurrently`
 * would wait for ever, so this one asks and does not wait.
 */
export async function claimLedger(session: SqlRunner, ledger: Ledger): Promise<void> {
  const { rows } = await session.run(
    "select pg_try_advisory_lock(hashtextextended($1, 0)) as claimed",
    [claimName(ledger)],
  );
  if (claimRow.parse(rows[0]).claimed) return;
  throw new RehearsalError(
    "LEDGER_BUSY",
    "Another session is running a revision without a transaction on this database. Nothing was run. " +
      "Try again when it is done.",
  );
}

export async function unclaimLedger(session: SqlRunner, ledger: Ledger): Promise<void> {
  await session.run("select pg_advisory_unlock(hashtextextended($1, 0))", [claimName(ledger)]);
}

const claimRow = z.object({ claimed: z.boolean() });

function claimName(ledger: Ledger): string {
  return `rehearsal ${quotedName(ledger)}`;
}

/** A revision's id as people read it. */
export function spoken(id: string | null): string {
  return id ?? "no revision";
}

const idRow = z.object({ id: z.string() });

async function ids(session: SqlRunner, ledger: Ledger, locking: string): Promise<string[]> {
  const { rows } = await session.run(
    `select ${quoted(ledger.column)} as id from ${quotedName(ledger)}${locking}`,
  );
  return rows.map((row) => idRow.parse(row).id);
}

function onlyId(found: readonly string[], ledger: Ledger): string | null {
  if (found.length <= 1) return found[0] ?? null;
  throw new RehearsalError(
    "LEDGER_MISMATCH",
    `The ledger ${quotedName(ledger)} holds ${found.length} revisions (${found.join(", ")}), so which one the ` +
      "database is at is unknown. Nothing was run. Bring the branches together first.",
  );
}

const roomRow = z.object({ missing: z.boolean(), characters: z.number().nullable() });

/** `atttypmod` of a varchar or char is its length and 4. */
async function demandRoom(session: SqlRunner, ledger: Ledger, { to }: LedgerMove): Promise<void> {
  const { rows } = await session.run(
    `select l.oid is null as missing,
            case when a.atttypid in ('varchar'::regtype, 'bpchar'::regtype) and a.atttypmod > 4
                 then a.atttypmod - 4 end as characters
       from (select to_regclass($1) as oid) as l
       left join pg_catalog.pg_attribute as a
         on a.attrelid = l.oid and a.attname = $2 and not a.attisdropped`,
    [quotedName(ledger), ledger.column],
  );
  const room = roomRow.parse(rows[0]);
  if (room.missing) throw missing(ledger);
  if (to === null || room.characters === null || to.length <= room.characters) return;
  throw new RehearsalError(
    "LEDGER_TOO_NARROW",
    `The ledger ${quotedName(ledger)} holds ids of ${room.characters} characters, and ${to} has ${to.length}. ` +
      "Nothing was run. Name the revision in fewer characters.",
  );
}

function missing(ledger: Ledger): RehearsalError {
  return new RehearsalError(
    "LEDGER_MISSING",
    `There is no ledger ${quotedName(ledger)}, so the revision that the database is at is unknown. Nothing was run. ` +
      "Name the ledger that it has, or begin with the first revision, which makes one.",
  );
}

function mismatch(ledger: Ledger, { from, to }: LedgerMove, found: string | null): RehearsalError {
  return new RehearsalError(
    "LEDGER_MISMATCH",
    `The ledger ${quotedName(ledger)} says that the database is at ${spoken(found)}, and the way to ${spoken(to)} begins ` +
      `at ${spoken(from)}. Nothing was changed. Somebody else may have moved it: look at the ledger, then begin there.`,
  );
}

/** What the ledger is called in SQL. */
function quotedName({ schema, table }: Ledger): string {
  return `${quoted(schema)}.${quoted(table)}`;
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
