import type { Answer, Isolation } from "../postgres/session.ts";

/** Whether the server gave up a transaction that a stricter isolation could not fit in: allowed, and never at READ COMMITTED. */
export function gaveUp(answer: Answer, isolation: Isolation): boolean {
  if (isolation === "read committed" || answer.kind !== "error") return false;
  return answer.sqlstate === "40001" || answer.sqlstate === "23505";
}
