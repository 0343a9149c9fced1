import type { Database } from "../postgres/database.ts";
import { type Query, readableText } from "../postgres/query.ts";
import type { Session } from "../postgres/session.ts";

/** Makes the state that programs start from, and remembers how. */
export interface Setting {
  do(query: Query): Promise<void>;
  /** Lets so many seconds pass. */
  advance(seconds: number): Promise<void>;
  /** The statements that made it, in order. */
  readonly statements: readonly string[];
}

export function createSetting(session: Session, database: Database): Setting {
  const statements: string[] = [];
  return {
    statements,
    async do(query) {
      await session.all(query);
      statements.push(readableText(query));
    },
    async advance(seconds) {
      const moved = await database.advance(seconds);
      statements.push(`-- ${seconds} s pass\n${moved.join(";\n")}`);
    },
  };
}

/** Lets somebody ask, and keeps the questions. */
export function keepingQuestions(session: Reader): { reader: Reader; questions: string[] } {
  const questions: string[] = [];
  const keep = <Row>(query: Query<Row>): Query<Row> => {
    questions.push(readableText(query));
    return query;
  };
  return {
    questions,
    reader: {
      all: (query) => session.all(keep(query)),
      answer: (query) => session.answer(keep(query)),
    },
  };
}

export type Reader = Pick<Session, "all" | "answer">;
