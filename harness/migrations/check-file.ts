import { parseSql, tokensOf, type Statement } from "../source/parse-sql.ts";
import { positionAt } from "../source/position.ts";

/** What the text of one migration file tells, without a server. */
export interface CheckedFile {
  /** False when the file says `-- rehearsal: no-transaction`. */
  readonly transactional: boolean;
  /** What makes it unusable; each begins with `file:` and where it can `file:line:column:`. */
  readonly problems: readonly string[];
}

/**
 * Checks one file. SQL that the parser refuses is no problem here, unless it is for psql and not for a server: only
 * the server that the migration is for can tell whether it is wrong.
 */
export function checkFile(file: string, text: string): CheckedFile {
  const directives = directivesOf(text);
  const transactional = directives.every(({ name }) => name !== "no-transaction");
  const parsed = parseSql(text);
  const complaints = [
    ...nulCharacters(text),
    ...directives.filter(({ name }) => name !== "no-transaction").map(unknownDirective),
    ...(parsed.kind === "refused"
      ? psqlOnly(text, parsed.offset)
      : statementComplaints(parsed.statements, transactional)),
  ];
  return { transactional, problems: complaints.map((complaint) => shown(file, text, complaint)) };
}

interface Complaint {
  readonly what: string;
  readonly offset?: number;
}

function shown(file: string, text: string, { what, offset }: Complaint): string {
  if (offset === undefined) return `${file}: ${what}`;
  const { line, column } = positionAt(text, offset);
  return `${file}:${line}:${column}: ${what}`;
}

interface Directive {
  readonly name: string;
  readonly offset: number;
}

/** Comments that begin a line with `-- rehearsal:`; one within a function's body is none. */
function directivesOf(text: string): Directive[] {
  // Taking a long text apart into tokens costs fifty milliseconds, and most texts have nothing like it in them.
  if (!/^--[ \t]*rehearsal:/mu.test(text)) return [];
  return tokensOf(text).flatMap((token) => {
    const name = /^--[ \t]*rehearsal:[ \t]*(.*?)[ \t]*$/.exec(token.text)?.[1];
    const beginsLine = token.start === 0 || text[token.start - 1] === "\n";
    return name !== undefined && token.name === "SQL_COMMENT" && beginsLine
      ? [{ name, offset: token.start }]
      : [];
  });
}

function unknownDirective({ name, offset }: Directive): Complaint {
  return { what: `the directive "${name}" is unknown; the only one is "no-transaction"`, offset };
}

/** Everything behind it would be cut off without a word. */
function nulCharacters(text: string): Complaint[] {
  const offset = text.indexOf("\0");
  return offset === -1
    ? []
    : [{ what: "a NUL character, which PostgreSQL cannot store or read", offset }];
}

function statementComplaints(
  statements: readonly Statement[],
  transactional: boolean,
): Complaint[] {
  if (statements.length === 0)
    return [{ what: "holds no statement, only comments or nothing at all" }];
  return [
    ...statements.flatMap(copyFromClient),
    ...(transactional ? statements.flatMap(transactionControl) : openTransaction(statements)),
  ];
}

function copyFromClient({ tree, start }: Statement): Complaint[] {
  if (!("CopyStmt" in tree)) return [];
  const { is_from: isFrom, filename, is_program: isProgram } = tree.CopyStmt;
  if (isFrom !== true || filename !== undefined || isProgram === true) return [];
  const what =
    "copy … from stdin waits for rows that only psql or pg_restore send; write insert … values";
  return [{ what, offset: start }];
}

type TransactionChange = "opens" | "ends";

const changes: Readonly<Record<string, TransactionChange>> = {
  TRANS_STMT_BEGIN: "opens",
  TRANS_STMT_START: "opens",
  TRANS_STMT_COMMIT: "ends",
  TRANS_STMT_ROLLBACK: "ends",
  TRANS_STMT_PREPARE: "ends",
  TRANS_STMT_COMMIT_PREPARED: "ends",
  TRANS_STMT_ROLLBACK_PREPARED: "ends",
};

function changeOf({ tree }: Statement): TransactionChange | undefined {
  return "TransactionStmt" in tree ? changes[tree.TransactionStmt.kind ?? ""] : undefined;
}

function transactionControl(statement: Statement): Complaint[] {
  if (changeOf(statement) === undefined) return [];
  const word = statement.text.split(/\s/, 1)[0]?.toLowerCase();
  const what =
    `${word}: the file runs in a transaction together with its row in the ledger and may not open or end one; ` +
    'take the statement out, or begin a line with "-- rehearsal: no-transaction"';
  return [{ what, offset: statement.start }];
}

function openTransaction(statements: readonly Statement[]): Complaint[] {
  const last = statements.findLast((statement) => changeOf(statement) !== undefined);
  return last !== undefined && changeOf(last) === "opens"
    ? [{ what: "opens a transaction that the file does not end", offset: last.start }]
    : [];
}

/** Where the parser stumbled over what psql reads itself and never sends to a server. */
function psqlOnly(text: string, offset: number): Complaint[] {
  const before = statementsBefore(text, offset);
  const copy = before.flatMap(copyFromClient).at(-1);
  if (copy !== undefined) return [copy];
  if (text[offset] === "\\") {
    const command = /^\\\S*/.exec(text.slice(offset))?.[0];
    const what = `${command} is a command of psql; a migration is sent to the server, which knows SQL only`;
    return [{ what, offset }];
  }
  const variable = /^:(?:\w+|'\w+'|"\w+")/.exec(text.slice(offset))?.[0];
  if (variable === undefined) return [];
  const what = `${variable} is a variable of psql; read a setting with current_setting() instead`;
  return [{ what, offset }];
}

/** The whole statements that end before `offset`: those of the longest part of the text that can be parsed. */
function statementsBefore(text: string, offset: number): readonly Statement[] {
  for (let end = offset; end > 0; end = text.lastIndexOf(";", end - 1)) {
    const parsed = parseSql(text.slice(0, end));
    if (parsed.kind === "statements") return parsed.statements;
  }
  return [];
}
