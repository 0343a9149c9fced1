import { locateError, type SentText } from "../source/locate-error.ts";
import { readServerError, type ServerError } from "../source/server-error.ts";
import { SqlFailure } from "../source/sql-failure.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { spoken } from "./ledger.ts";
import type { Move } from "./move.ts";

/** What was being sent when the server refused: a text of the file, or something of the harness's own. */
export interface Sending {
  readonly sent: SentText | undefined;
  /** How many texts of the file went through before. */
  readonly doneBefore: number;
}

/** Before the first text of a file. */
export const nothingSent: Sending = { sent: undefined, doneBefore: 0 };

/** Does the work; a refusal of the server is thrown as {@link SqlFailure}, anything else as it is. */
export async function explained<Value>(
  move: Move,
  sending: Sending,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work();
  } catch (thrown) {
    const error = readServerError(thrown);
    throw error === undefined ? thrown : failure(thrown, error, move, sending);
  }
}

function failure(
  cause: unknown,
  error: ServerError,
  move: Move,
  { sent, doneBefore }: Sending,
): SqlFailure {
  const offset = sent === undefined ? undefined : locateError(sent, error);
  const located = { file: move.file, text: move.sql, offset, error };
  const left = `${move.undone}: ${whatIsLeft(move, sent, doneBefore)}`;
  return new SqlFailure(located, [left, ...advice(move, error)].join("\n"), { cause });
}

/** The connection was lost: even taking back failed. */
export function interrupted(thrown: unknown, cleanUp: unknown, move: Move): RehearsalError {
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  return new RehearsalError(
    "MIGRATION_INTERRUPTED",
    `${move.file}: the connection was lost before ${spoken(move.to)} was reached: ${words}\n` +
      "The server takes back what was not committed. If the answer to the commit was lost, or the file runs without " +
      "a transaction, only the ledger and the objects themselves can tell how far it came.",
    { cause: new SuppressedError(cleanUp, thrown, words), exitCode: 3 },
  );
}

function whatIsLeft(
  { transactional, from }: Move,
  sent: SentText | undefined,
  doneBefore: number,
): string {
  if (transactional)
    return `its transaction was taken back, and the database is as before, at ${spoken(from)}.`;
  if (sent === undefined && doneBefore === 0)
    return `nothing of the file was run, and the database is at ${spoken(from)}.`;
  const done = doneBefore === 1 ? "1 statement" : `${doneBefore} statements`;
  const stays =
    doneBefore === 0
      ? "what this statement may have left stays"
      : `${done} before this and what this one may have left stay`;
  return (
    `the file runs without a transaction, so ${stays}, ` +
    `while the ledger says ${spoken(from)}. Finish or undo it by hand.`
  );
}

function advice({ transactional }: Move, { sqlstate }: ServerError): string[] {
  if (sqlstate === "55P03")
    return [
      "Another session held a lock for longer than lock_timeout allows. Try again when it is done.",
    ];
  if (sqlstate === "25001" && transactional)
    return [
      'To run the file without a transaction, begin a line with "-- rehearsal: no-transaction".',
    ];
  return [];
}
