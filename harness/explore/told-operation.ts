import type { Event } from "../history/event.ts";
import type { Operation } from "../history/operation.ts";
import { type Reading, readOperations } from "../history/read-operations.ts";
import { show } from "./recorder.ts";

/** An operation in the words in which a witness tells it. */
export interface ToldOperation<Input, Output> extends Operation<Input, Output> {
  readonly does: string;
  readonly told: string;
}

/** What the events of a race mean to a model, with their texts. */
export function tellOperations<Input, Output>(
  history: readonly Event[],
  reading: Reading<Input, Output>,
): readonly ToldOperation<Input, Output>[] {
  return history.flatMap((event) =>
    readOperations([event], reading).map((operation) => withText(operation, event)),
  );
}

function withText<Input, Output>(
  operation: Operation<Input, Output>,
  { text, outcome }: Event,
): ToldOperation<Input, Output> {
  return { ...operation, does: text, told: outcome };
}

/** What is read just now, when the race is over and nobody else is about. */
export function tellReading<Input, Output>(
  input: Input,
  output: Output,
  does: string,
): ToldOperation<Input, Output> {
  const now = performance.now();
  const outcome = { kind: "answered", output, answered: now } as const;
  return { who: "reader", input, asked: now, outcome, does, told: show(output) };
}
