import type { Event } from "./event.ts";
import type { Operation } from "./operation.ts";

/** What the events of a race mean to a model. */
export interface Reading<Input, Output> {
  /** Nothing if the event is not about what the model tells of. */
  readonly input: (event: Event) => Input | undefined;
  /** Of an event that was answered, with rows or with an SQL error; nothing if it is of no interest that it was. */
  readonly output: (event: Event) => Output | undefined;
}

/**
 * The events as operations, in the same order. What was done inside a transaction that went on was answered when the
 * commit was, and what was rolled back had no effect and is left out.
 */
export function readOperations<Input, Output>(
  history: readonly Event[],
  { input, output }: Reading<Input, Output>,
): readonly Operation<Input, Output>[] {
  return history.flatMap((event): readonly Operation<Input, Output>[] => {
    const about = input(event);
    if (about === undefined || event.transaction?.end === "rolled back") return [];
    const { who, asked } = event;
    const question = { who, input: about, asked };
    if (event.transaction?.end === "lost" || isLost(event))
      return [{ ...question, outcome: { kind: "lost" } }];
    const told = output(event);
    if (told === undefined) return [];
    const answered = event.transaction?.over ?? event.answered;
    return [{ ...question, outcome: { kind: "answered", output: told, answered } }];
  });
}

/** Whether nobody knows if it took effect: no answer came, or one that may come after the commit. */
function isLost({ answer, sqlstate }: Event): boolean {
  return sqlstate === undefined ? answer === undefined : isAboutToGo(sqlstate);
}

/**
 * Whether an error is of a server or a connection that was going away, and tells nothing of what had been done.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isAboutToGo(sqlstate: string): boolean {
  return /^08|^40003$|^57P0[12]$/.test(sqlstate);
}
