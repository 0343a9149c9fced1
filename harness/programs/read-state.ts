import { type Query, readableText } from "../postgres/query.ts";
import type { Session } from "../postgres/session.ts";

/** Reads what a program leaves, without instants and counters; numbers that only tell rows apart as `Id`. */
export type ReadState = (reader: Reader) => Promise<unknown>;

export type Reader = Pick<Session, "all" | "answer">;

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
