import type { Token } from "./parse-sql.ts";
import { nesting, type PlpgsqlStatement, type StatementKind } from "./plpgsql-statements.ts";

/**
 * Whether the function whose name stands in an expression looks at or changes what other sessions see. The name is
 * written as in the text, in lower case where it is not quoted, without quotes, with its schema if that stands there.
 * Asked of every word before an opening bracket, `coalesce` and `and` among them.
 */
export type Touches = (functionName: string) => boolean;

/** What goes to the server as a statement of its own, or ends a transaction. */
const alwaysTouching: ReadonlySet<StatementKind> = new Set<StatementKind>([
  ...(["call", "commit", "do", "execute", "fetch", "move", "open"] as const),
  ...(["return query", "rollback", "sql"] as const),
]);

/** What has no expression, or none that is evaluated. */
const neverTouching: ReadonlySet<StatementKind> = new Set<StatementKind>(["close", "get", "null"]);

/**
 * Whether a statement, without those inside of it, meets a table or anything else that sessions share. What is behind
 * an operator, a cast or a domain is not looked at.
 */
export function touchesTable({ kind, own }: PlpgsqlStatement, touches: Touches): boolean {
  if (alwaysTouching.has(kind)) return true;
  if (neverTouching.has(kind)) return false;
  if (kind === "for" && !isOverIntegers(own)) return true;
  return hasQuery(own) || calledFunctions(own).some(touches);
}

/** Two dots outside of brackets make a `for` one over integers, as PL/pgSQL has it. */
function isOverIntegers(own: readonly Token[]): boolean {
  return outsideOfBrackets(own).some(({ text }) => text === "..");
}

/** A sub-select, or a clause `from` that belongs to the expression as in `newest := max(id) from events`. */
function hasQuery(own: readonly Token[]): boolean {
  const outer = outsideOfBrackets(own).map(({ text }) => text.toLowerCase());
  return (
    own.some(({ text }, index) => startsQuery(text, own[index - 1]?.text)) ||
    outer.some((word, index) => word === "from" && outer[index - 1] !== "distinct")
  );
}

/** `table` is an option of `raise` as well. */
function startsQuery(word: string, before: string | undefined): boolean {
  return /^select$/i.test(word) || (/^table$/i.test(word) && before === "(");
}

function outsideOfBrackets(own: readonly Token[]): Token[] {
  let depth = 0;
  return own.filter(({ text }) => {
    const isOutside = depth === 0;
    depth += nesting(text);
    return isOutside;
  });
}

function calledFunctions(own: readonly Token[]): string[] {
  return own.flatMap(({ text }, index) =>
    text === "(" && isWord(own[index - 1]) ? [nameBefore(own, index)] : [],
  );
}

function nameBefore(own: readonly Token[], bracket: number): string {
  const last = own[bracket - 1]?.text ?? "";
  const hasSchema = own[bracket - 2]?.text === "." && isWord(own[bracket - 3]);
  return hasSchema ? `${nameBefore(own, bracket - 2)}.${plain(last)}` : plain(last);
}

function isWord(token: Token | undefined): boolean {
  return token !== undefined && /^("|[\p{L}_])/u.test(token.text) && !token.text.endsWith("'");
}

function plain(word: string): string {
  if (!word.startsWith('"')) return word.toLowerCase();
  return word.slice(1, -1).replaceAll('""', '"');
}
