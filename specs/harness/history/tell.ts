import type { Operation } from "../../../harness/history/operation.ts";

/** What one session asked, from when to when, and was answered. */
export function answered<Input, Output>(
  who: string,
  [asked, answeredAt]: readonly [number, number],
  input: Input,
  output: Output,
): Operation<Input, Output> {
  return { who, input, asked, outcome: { kind: "answered", output, answered: answeredAt } };
}

/** What one session asked, and never heard of again. */
export function lost<Input, Output>(
  who: string,
  asked: number,
  input: Input,
): Operation<Input, Output> {
  return { who, input, asked, outcome: { kind: "lost" } };
}
