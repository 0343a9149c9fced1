import { isDeepStrictEqual } from "node:util";
import type { Model } from "./model.ts";
import type { Operation } from "./operation.ts";

export interface Position<State> {
  readonly state: State;
  readonly key: string;
}

export function startOf<State, Input, Output>(model: Model<State, Input, Output>): Position<State> {
  return { state: model.initial, key: model.key(model.initial) };
}

/** The positions that the model's step leads to. Fails if it, or one before, changed what it must leave as it is. */
export function takeStep<State, Input, Output>(
  model: Model<State, Input, Output>,
  { state, key }: Position<State>,
  operation: Operation<Input, Output>,
): readonly Position<State>[] {
  const states = model.step(state, operation.input, operation.outcome);
  const now = model.key(state);
  if (now !== key)
    throw unjudged(`A step of the model changed the state it was given, ${key}, into ${now}`);
  const positions = states.map((next) => ({ state: next, key: model.key(next) }));
  const changed = positions.find((next) => next.key !== key);
  if (changed !== undefined && isRead(model, operation))
    throw unjudged(`What the model calls a read leads from ${key} to ${changed.key}`);
  return positions;
}

/** Whether the operation changes nothing in any state. */
export function isRead<State, Input, Output>(
  model: Model<State, Input, Output>,
  { input, outcome }: Operation<Input, Output>,
): boolean {
  return outcome.kind === "answered" && model.isRead?.(input, outcome.output) === true;
}

/** Fails if one key stands for two different states: they would be taken for the same. */
export function demandOneState<State>(one: Position<State>, other: Position<State>): void {
  if (one.state === other.state || isDeepStrictEqual(one.state, other.state)) return;
  throw unjudged(`The model's key ${one.key} stands for two different states`);
}

function unjudged(what: string): Error {
  return new Error(`${what}: the history is not judged.`);
}
