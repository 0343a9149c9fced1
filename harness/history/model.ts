import type { Operation, Outcome } from "./operation.ts";

/**
 * What operations mean when they are done one at a time. States are plain values that nobody changes: `step` makes new
 * ones. One that changes its argument makes a check fail with an error rather than judge wrongly.
 */
export interface Model<State, Input, Output> {
  readonly initial: State;
  /**
   * The states that the operation may lead to from `state`; none if it cannot have had this outcome there. For a lost
   * one they are those of every answer it may have had; that it may have had no effect is a matter of course.
   */
  readonly step: (state: State, input: Input, outcome: Outcome<Output>) => readonly State[];
  /** The same text for deeply equal states, and for no others. A check that sees two others under one fails. */
  readonly key: (state: State) => string;
  /**
   * Whether an operation that was answered so changes nothing, whatever the state: a read, a refusal. It spares a search
   * most of its way. One that leaves some states as they are and changes others, such as time that passes, is none. A
   * check that sees such a one change something fails.
   */
  readonly isRead?: (input: Input, output: Output) => boolean;
  /**
   * Operations under different names neither see nor touch the same part of the state, so that each name is judged by
   * itself, from `initial`. A call that touches several, or whose answer alone says which, is written into the history
   * as several operations. All are judged together otherwise.
   */
  readonly partition?: (operation: Operation<Input, Output>) => string;
}

/** The operations of each name, in the order in which they were asked; those of one instant keep theirs. */
export function splitHistory<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
): ReadonlyMap<string, readonly Operation<Input, Output>[]> {
  const sorted = history.toSorted((one, other) => one.asked - other.asked);
  return Map.groupBy(sorted, (operation) => model.partition?.(operation) ?? "");
}
