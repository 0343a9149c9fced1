import type { SentText } from "../source/locate-error.ts";
import { parseSql } from "../source/parse-sql.ts";
import type { Revision } from "./revision.ts";

/** One file to run, and what the ledger says before and after. */
export interface Move {
  readonly file: string;
  readonly sql: string;
  /**
   * What the file is sent as, one text a statement. A file that the parser cannot take apart is one text: a server of
   * another major may know better.
   */
  readonly texts: readonly MoveText[];
  readonly transactional: boolean;
  /** Null stands for before the first revision. */
  readonly from: string | null;
  readonly to: string | null;
  /** What to say when it fails, such as `022_hardening was not applied`. */
  readonly undone: string;
}

export interface MoveText extends SentText {
  /** In the file, from 1. */
  readonly line: number;
}

/** A revision's way up. Taking its file apart costs twenty milliseconds a thousand lines: keep it to run it again. */
export function upOf(revision: Revision): Move {
  return {
    file: revision.upFile,
    sql: revision.upSql,
    texts: textsOf(revision.upSql),
    transactional: revision.upTransactional,
    from: revision.previousId,
    to: revision.id,
    undone: `${revision.id} was not applied`,
  };
}

/** A revision's way back; as {@link upOf}. */
export function downOf(revision: Revision): Move {
  return {
    file: revision.downFile,
    sql: revision.downSql,
    texts: textsOf(revision.downSql),
    transactional: revision.downTransactional,
    from: revision.id,
    to: revision.previousId,
    undone: `${revision.id} was not reverted`,
  };
}

function textsOf(sql: string): MoveText[] {
  const parsed = parseSql(sql);
  if (parsed.kind === "refused") return [{ text: sql, start: 0, isStatement: false, line: 1 }];
  let line = 1;
  let counted = 0;
  return parsed.statements.map(({ text, start }) => {
    line += sql.slice(counted, start).split("\n").length - 1;
    counted = start;
    return { text, start, isStatement: true, line };
  });
}
