import type { Answer } from "../postgres/session.ts";

/** What a function of one value answered; the text of the error if it raised one. */
export function answered(answer: Answer): unknown {
  if (answer.kind === "error") return `error ${answer.sqlstate}`;
  if (answer.kind === "lost") return "connection lost";
  const [row] = answer.rows;
  return typeof row === "object" && row !== null && "answer" in row ? row.answer : undefined;
}

export function isTrue(answer: Answer): boolean {
  return answered(answer) === true;
}
