import type { SentText } from "../source/locate-error.ts";
import { parseSql } from "../source/parse-sql.ts";

/** One file to run, and what the ledger says before and after. */
export interface Move {
  readonly file: string;
  readonly sql: string;
  readonly transactional: boolean;
  /** Null stands for before the first revision. */
  readonly from: string | null;
  readonly to: string | null;
  /** What to say when it fails, such as `022_hardening was not applied`. */
  readonly undone: string;
}

/**
 * The texts that the file is sent as, one a statement. A file that the parser cannot take apart is one text: a server
 * of another major may know better.
 */
export function textsOf({ sql }: Move): SentText[] {
  const parsed = parseSql(sql);
  return parsed.kind === "refused"
    ? [{ text: sql, start: 0, isStatement: false }]
    : parsed.statements.map(({ text, start }) => ({ text, start, isStatement: true }));
}
