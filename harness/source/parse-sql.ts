import {
  hasSqlDetails,
  loadModule,
  parseSync,
  scanSync,
  type Node,
  type ScanToken,
} from "libpg-query";
import { offsetOfCharacter, offsetsOfBytes } from "./position.ts";

await loadModule();

/** One statement of a text. Offsets are in UTF-16 units, as strings count. */
export interface Statement {
  /** As it stands in the text, without the semicolon and without comments around it. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Positions within the tree are in bytes of the whole text. */
  readonly tree: Node;
}

/**
 * The parser is that of PostgreSQL 18. What it does not know a server of another major may, so a refusal is no verdict
 * on the text: it says what the parser stumbled over and where.
 */
export type ParsedSql =
  | { readonly kind: "statements"; readonly statements: readonly Statement[] }
  | { readonly kind: "refused"; readonly message: string; readonly offset: number };

/** Takes a text of any number of statements apart. Bodies, strings and comments may hold semicolons. */
export function parseSql(text: string): ParsedSql {
  if (text === "") return { kind: "statements", statements: [] };
  try {
    const found = parseSync(text).stmts ?? [];
    const bounds = found.flatMap(({ stmt_location: start = 0, stmt_len: length }) => [
      start,
      length === undefined ? Buffer.byteLength(text) : start + length,
    ]);
    const offsets = offsetsOfBytes(text, bounds);
    const statements = found.flatMap(({ stmt }, index) =>
      stmt === undefined
        ? []
        : [statementAt(text, offsets[2 * index], offsets[2 * index + 1], stmt)],
    );
    return { kind: "statements", statements };
  } catch (error) {
    if (!hasSqlDetails(error)) throw error;
    const offset = offsetOfCharacter(text, error.sqlDetails?.cursorPosition ?? 0);
    return { kind: "refused", message: error.message, offset };
  }
}

function statementAt(text: string, start = 0, end = text.length, tree: Node): Statement {
  const statement = text.slice(start, end).trimEnd();
  return { text: statement, start, end: start + statement.length, tree };
}

/** A token of a text; `name` is the scanner's, such as `SQL_COMMENT` or `SCONST`. */
export interface Token {
  readonly name: string;
  readonly text: string;
  readonly start: number;
}

/**
 * Takes a text apart into tokens, comments among them, whether or not they make statements; none if a string or a
 * comment in it has no end.
 */
export function tokensOf(text: string): Token[] {
  const tokens = scanned(text);
  const offsets = offsetsOfBytes(
    text,
    tokens.flatMap(({ start, end }) => [start, end]),
  );
  return tokens.map(({ tokenName }, index) => {
    const start = offsets[2 * index] ?? 0;
    return { name: tokenName, text: text.slice(start, offsets[2 * index + 1]), start };
  });
}

/** The scanner does not escape control characters in its answer; a blank is one byte as well and ends the same tokens. */
function scanned(text: string): readonly ScanToken[] {
  if (text === "") return [];
  try {
    return scanSync(text.replaceAll(controlCharacter, " ")).tokens;
  } catch (error) {
    // It answers JSON, or a complaint in words when it stumbles.
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

const controlCharacter = /[^\P{Cc}\t\n\r\u007f-\u009f]/gu;
