import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { excerpt } from "./excerpt.ts";
import { offsetOfCharacter, positionAt } from "./position.ts";
import type { ServerError } from "./server-error.ts";

/** An error of the server together with the file it belongs to. */
export interface LocatedError {
  /** As a person would open it. */
  readonly file: string;
  /** The whole text of the file. */
  readonly text: string;
  /** Where in the text; undefined if the error belongs to no place of it. */
  readonly offset: number | undefined;
  readonly error: ServerError;
}

/** PostgreSQL refused a statement of a file. The message shows the place; the driver's error is the cause. */
export class SqlFailure extends RehearsalError {
  readonly file: string;
  /** From 1; undefined if the error belongs to no place of the file, as when a deferred constraint fails at commit. */
  readonly line: number | undefined;
  /** In characters, from 1. */
  readonly column: number | undefined;
  readonly sqlstate: string;
  /** PostgreSQL's own words, without the place. */
  readonly serverMessage: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;

  /** `consequence` says what state the database is in now, and what to do next. */
  constructor(located: LocatedError, consequence: string, options: { cause?: unknown } = {}) {
    super("SQL_FAILED", `${renderSqlError(located)}\n${consequence}`, options);
    const { file, text, offset, error } = located;
    const position = offset === undefined ? undefined : positionAt(text, offset);
    this.file = file;
    this.line = position?.line;
    this.column = position?.column;
    this.sqlstate = error.sqlstate;
    this.serverMessage = error.message;
    this.detail = error.detail;
    this.hint = error.hint;
  }
}

/**
 * The error as compilers show theirs:
 *
 * ```
 * sql/022_hardening.up.sql:12:15: ERROR 42P01: relation "nowhere" does not exist
 *   12 | select 1 from nowhere;
 *      |               ^
 *   hint: …
 * ```
 */
function renderSqlError({ file, text, offset, error }: LocatedError): string {
  const place = offset === undefined ? undefined : positionAt(text, offset);
  const head = place === undefined ? file : `${file}:${place.line}:${place.column}`;
  return [
    `${head}: ${error.severity} ${error.sqlstate}: ${error.message}`,
    ...(offset === undefined ? [] : [excerpt(text, offset)]),
    ...remark("detail", error.detail),
    ...remark("hint", error.hint),
    ...remark("where", error.where),
    ...innerQuery(text, error),
  ].join("\n");
}

function remark(name: string, text: string | undefined): string[] {
  return text === undefined ? [] : [`  ${name}: ${text.replaceAll("\n", "\n    ")}`];
}

/** A statement that a function sent, unless it can be seen in the file. */
function innerQuery(text: string, error: ServerError): string[] {
  const { internalQuery: query, internalPosition: position } = error;
  if (query === undefined || text.includes(query)) return [];
  return ["  statement inside:", excerpt(query, offsetOfCharacter(query, (position ?? 1) - 1))];
}
