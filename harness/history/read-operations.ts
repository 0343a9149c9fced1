import type { Event } from "./event.ts";
import type { Operation } from "./operation.ts";

/** What the events of a race mean to a model. */
export interface Reading<Input, Output> {
  /** Nothing if the event is not about what the model tells of. */
  readonly input: (event: Event) => Input | undefined;
  /** Of an event that was answered, with rows or with an SQL error. */
  readonly output: (event: Event) => Output;
}

/**
 * The events as operations, in the same order. Each call must have been committed by its answer: what was done inside
 * a transaction that went on is told with the time of the commit's answer, and what was rolled back had no effect.
 */
export function readOperations<Input, Output>(
  history: readonly Event[],
  { input, output }: Reading<Input, Output>,
): readonly Operation<Input, Output>[] {
  return history.flatMap((event) => {
    const about = input(event);
    if (about === undefined) return [];
    const { who, asked, answered } = event;
    const outcome = isLost(event)
      ? ({ kind: "lost" } as const)
      : ({ kind: "answered", output: output(event), answered } as const);
    return [{ who, input: about, asked, outcome }];
  });
}

/**
 * Whether nobody knows if it took effect: no answer came, or one of a server that was going away, which may come after
 * the commit. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
function isLost({ answer, sqlstate }: Event): boolean {
  if (sqlstate === undefined) return answer === undefined;
  return /^08|^40003$|^57P0[12]$/.test(sqlstate);
}
