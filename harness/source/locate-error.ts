import { tokensOf } from "./parse-sql.ts";
import { offsetOfCharacter } from "./position.ts";
import type { ServerError } from "./server-error.ts";

/** A piece of a file as it was sent: one statement, or a whole file that could not be taken apart. */
export interface SentText {
  readonly text: string;
  /** Where it begins in the file. */
  readonly start: number;
  /** Whether it is one statement, so that an error without a position belongs to its first word. */
  readonly isStatement: boolean;
}

/**
 * Where in the file an error belongs: the character that the server named, else the line of a `do` block's body that
 * was running, else the statement. Undefined if the error is somewhere in a text of several statements.
 */
export function locateError(sent: SentText, error: ServerError): number | undefined {
  if (error.position !== undefined) {
    // At the end of its input the server points behind the last blank line; people look behind the last word.
    const offset = offsetOfCharacter(sent.text, error.position - 1);
    return sent.start + Math.min(offset, sent.text.trimEnd().length);
  }
  if (!sent.isStatement) return undefined;
  return sent.start + (offsetInBlock(sent.text, error) ?? 0);
}

function offsetInBlock(statement: string, error: ServerError): number | undefined {
  const calls = (error.where ?? "").split("\n");
  const block = calls.findLast((call) => blockLine.test(call));
  const line = Number(blockLine.exec(block ?? "")?.[1]);
  const body = bodyOf(statement);
  if (Number.isNaN(line) || body === undefined) return undefined;

  const lines = body.text.split("\n");
  const lineStart = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const indent = lines[line - 1]?.search(/\S/) ?? 0;
  const inner = calls[0] === block ? offsetOfInnerQuery(body.text, lineStart, error) : undefined;
  return body.start + (inner ?? lineStart + Math.max(indent, 0));
}

/** The name of the block and its line are not translated with the words round them. */
const blockLine = /\binline_code_block\b\D*(\d+)/;

/** The longest string of the statement; line 1 of a block is what follows its opening quote. */
function bodyOf(statement: string): { text: string; start: number } | undefined {
  const strings = tokensOf(statement).filter(({ name }) => name === "SCONST");
  const longest = strings.toSorted((one, other) => other.text.length - one.text.length)[0];
  const quote = /^(\$[^$]*\$|[eE]?')/.exec(longest?.text ?? "")?.[0];
  if (longest === undefined || quote === undefined) return undefined;
  return {
    text: longest.text.slice(quote.length, -quote.length),
    start: longest.start + quote.length,
  };
}

/** The server blanks out the `into` of a statement before it runs it, so a blank stands for any character. */
function offsetOfInnerQuery(body: string, from: number, error: ServerError): number | undefined {
  const { internalQuery: query, internalPosition: position } = error;
  if (query === undefined || position === undefined) return undefined;
  for (let at = from; at + query.length <= body.length; at += 1) {
    if (matchesAt(body, query, at)) return at + offsetOfCharacter(query, position - 1);
  }
  return undefined;
}

function matchesAt(body: string, query: string, at: number): boolean {
  for (let index = 0; index < query.length; index += 1) {
    if (query[index] !== " " && query[index] !== body[at + index]) return false;
  }
  return true;
}
