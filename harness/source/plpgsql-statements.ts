import { type Token, tokensOf } from "./parse-sql.ts";

/** A statement of a PL/pgSQL body with the statements inside of it. Offsets count from the body's first character. */
export interface PlpgsqlStatement {
  readonly kind: StatementKind;
  /** Where it begins, the label before it included. */
  readonly start: number;
  /** Where its own first word is: behind the label. */
  readonly firstWord: number;
  /** Its words and expressions without those of the statements inside of it, and without comments. */
  readonly own: readonly Token[];
  /** The lists of statements inside of it: branches, a loop's body, a block's body and its handlers. */
  readonly lists: readonly StatementList[];
  /** Whether control that goes on behind it has passed the end of one of the lists in any case. */
  readonly passesOne: boolean;
}

export interface StatementList {
  readonly statements: readonly PlpgsqlStatement[];
  /** Where the word stands that ends the list, such as `end` or `else`. */
  readonly end: number;
}

const simpleWords = [
  "assert",
  "call",
  "close",
  "commit",
  "continue",
  "do",
  "execute",
  "exit",
  "fetch",
  "get",
  "move",
  "null",
  "open",
  "perform",
  "raise",
  "return",
  "rollback",
] as const;

type CompoundKind = "block" | "if" | "case" | "loop" | "while" | "for" | "foreach";

/** `sql` is every statement that PL/pgSQL hands to the server as it stands. */
export type StatementKind =
  | CompoundKind
  | (typeof simpleWords)[number]
  | "assignment"
  | "return next"
  | "return query"
  | "sql";

/** The reader does not know how to go on; `offset` is in the body. */
export class UnreadableBody extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * The outermost block of a body. It is read as PL/pgSQL reads it: a simple statement ends at the first semicolon
 * outside of brackets, a condition at the first `then` or `loop` there. Meant for bodies that the server has accepted;
 * throws {@link UnreadableBody} where it loses its way.
 */
export function readBody(body: string): PlpgsqlStatement {
  const tokens = tokensOf(body).filter(({ name }) => !name.endsWith("_COMMENT"));
  const cursor: Cursor = { tokens, at: 0, length: body.length };
  // Options such as `#variable_conflict use_column` come first.
  while (!["<<", "declare", "begin"].includes(wordAt(cursor))) take(cursor);
  const block = readStatement(cursor, "");
  if (cursor.at < tokens.length) lost(cursor, "the end of the body");
  return block;
}

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
  readonly length: number;
}

/** An unquoted word in lower case, or the sign that stands there; empty at the end. */
function wordAt({ tokens, at }: Cursor, ahead = 0): string {
  return tokens[at + ahead]?.text.toLowerCase() ?? "";
}

function offsetAt({ tokens, at, length }: Cursor): number {
  return tokens[at]?.start ?? length;
}

function take(cursor: Cursor, expected?: string): Token {
  const token = cursor.tokens[cursor.at];
  if (token === undefined || (expected !== undefined && wordAt(cursor) !== expected))
    return lost(cursor, expected ?? "a statement");
  cursor.at += 1;
  return token;
}

function takes(cursor: Cursor, ...words: readonly string[]): boolean {
  if (!words.includes(wordAt(cursor))) return false;
  cursor.at += 1;
  return true;
}

function lost(cursor: Cursor, expected: string): never {
  const found = cursor.tokens[cursor.at]?.text ?? "nothing";
  throw new UnreadableBody(`${expected} is expected where ${found} stands`, offsetAt(cursor));
}

/** `end` is what closes it; only the outermost block may do without. */
function readStatement(cursor: Cursor, end: ";" | ""): PlpgsqlStatement {
  const start = offsetAt(cursor);
  if (takes(cursor, "<<")) {
    take(cursor);
    take(cursor, ">>");
  }
  const firstWord = offsetAt(cursor);
  const read = isAssignment(cursor) ? undefined : compound.get(wordAt(cursor));
  const parts = read === undefined ? readSimple(cursor) : read(cursor);
  if (end === ";") take(cursor, ";");
  else takes(cursor, ";");
  return { start, firstWord, ...parts };
}

/** A variable may be called like a word of the language where the language does not keep the word to itself. */
function isAssignment(cursor: Cursor): boolean {
  return [":=", "=", "[", "."].includes(wordAt(cursor, 1));
}

type Parts = Omit<PlpgsqlStatement, "start" | "firstWord">;

const compound: ReadonlyMap<string, (cursor: Cursor) => Parts> = new Map([
  ["declare", readBlock],
  ["begin", readBlock],
  ["if", readIf],
  ["case", readCase],
  ["loop", readLoop("loop")],
  ["while", readLoop("while")],
  ["for", readLoop("for")],
  ["foreach", readLoop("foreach")],
]);

function readBlock(cursor: Cursor): Parts {
  const own: Token[] = [];
  const lists: StatementList[] = [];
  while (takes(cursor, "declare")) {
    while (!["begin", "declare"].includes(wordAt(cursor))) {
      const declaration = readUntil(cursor, ";");
      take(cursor, ";");
      // A cursor's query runs when the cursor is opened.
      if (!declaration.some(({ text }) => text.toLowerCase() === "cursor"))
        own.push(...declaration);
    }
  }
  take(cursor, "begin");
  lists.push(readList(cursor));
  if (takes(cursor, "exception")) lists.push(...readBranches(cursor, own));
  take(cursor, "end");
  if (!["", ";"].includes(wordAt(cursor))) take(cursor);
  return { kind: "block", own, lists, passesOne: true };
}

function readIf(cursor: Cursor): Parts {
  const own: Token[] = [];
  const lists: StatementList[] = [];
  while (takes(cursor, "if", "elsif", "elseif")) {
    own.push(...readUntil(cursor, "then"));
    take(cursor, "then");
    lists.push(readList(cursor));
  }
  const hasElse = takes(cursor, "else");
  if (hasElse) lists.push(readList(cursor));
  take(cursor, "end");
  take(cursor, "if");
  return { kind: "if", own, lists, passesOne: hasElse };
}

/** Without an `else`, a value that meets no branch is an error. */
function readCase(cursor: Cursor): Parts {
  take(cursor, "case");
  const own = readUntil(cursor, "when");
  const lists = readBranches(cursor, own);
  if (takes(cursor, "else")) lists.push(readList(cursor));
  take(cursor, "end");
  take(cursor, "case");
  return { kind: "case", own, lists, passesOne: true };
}

/** Branches of a `case`, or handlers: `when … then …`; what stands between the two words goes to `own`. */
function readBranches(cursor: Cursor, own: Token[]): StatementList[] {
  const lists: StatementList[] = [];
  while (takes(cursor, "when")) {
    own.push(...readUntil(cursor, "then"));
    take(cursor, "then");
    lists.push(readList(cursor));
  }
  return lists;
}

function readLoop(kind: "loop" | "while" | "for" | "foreach"): (cursor: Cursor) => Parts {
  return (cursor) => {
    if (kind !== "loop") take(cursor, kind);
    const own = readUntil(cursor, "loop");
    take(cursor, "loop");
    const list = readList(cursor);
    take(cursor, "end");
    take(cursor, "loop");
    if (wordAt(cursor) !== ";") take(cursor);
    return { kind, own, lists: [list], passesOne: false };
  };
}

function readList(cursor: Cursor): StatementList {
  const statements: PlpgsqlStatement[] = [];
  while (isAssignment(cursor) || !closing.has(wordAt(cursor)))
    statements.push(readStatement(cursor, ";"));
  return { statements, end: offsetAt(cursor) };
}

const closing: ReadonlySet<string> = new Set([
  "end",
  "else",
  "elsif",
  "elseif",
  "when",
  "exception",
]);

function readSimple(cursor: Cursor): Parts {
  const kind = simpleKind(cursor);
  const own =
    kind === "sql" && createsRoutine(cursor) ? readRoutine(cursor) : readUntil(cursor, ";");
  return { kind, own, lists: [], passesOne: false };
}

function simpleKind(cursor: Cursor): StatementKind {
  if (isAssignment(cursor)) return "assignment";
  const word = wordAt(cursor);
  if (word === "return" && wordAt(cursor, 1) === "next") return "return next";
  if (word === "return" && wordAt(cursor, 1) === "query") return "return query";
  return simpleWords.find((each) => each === word) ?? "sql";
}

/** The tokens to the first of the words outside of brackets; it is not taken. */
function readUntil(cursor: Cursor, word: string): Token[] {
  const found: Token[] = [];
  let depth = 0;
  while (depth > 0 || wordAt(cursor) !== word) {
    if (depth === 0 && wordAt(cursor) === ";") return lost(cursor, word);
    depth += nesting(wordAt(cursor));
    found.push(take(cursor));
  }
  return found;
}

/** What a sign adds to the depth of brackets. */
export function nesting(sign: string): 1 | 0 | -1 {
  if (sign === "(" || sign === "[") return 1;
  return sign === ")" || sign === "]" ? -1 : 0;
}

function createsRoutine(cursor: Cursor): boolean {
  const words = [1, 2, 3].map((ahead) => wordAt(cursor, ahead));
  return wordAt(cursor) === "create" && words.some((word) => routineWords.has(word));
}

const routineWords: ReadonlySet<string> = new Set(["function", "procedure"]);

/** A routine that is written between `begin atomic` and `end` holds semicolons. */
function readRoutine(cursor: Cursor): Token[] {
  const found: Token[] = [];
  let depth = 0;
  while (depth > 0 || wordAt(cursor) !== ";") {
    if (["begin", "case"].includes(wordAt(cursor))) depth += 1;
    if (wordAt(cursor) === "end") depth -= 1;
    found.push(take(cursor));
  }
  return found;
}
