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

/** The positions that the model's step leads to. Fails if the step, or one before it, changed the state it was given. */
export function takeStep<State, Input, Output>(
  model: Model<State, Input, Output>,
  { state, key }: Position<State>,
  { input, outcome }: Operation<Input, Output>,
): readonly Position<State>[] {
  const states = model.step(state, input, outcome);
  const now = model.key(state);
  if (now === key) return states.map((next) => ({ state: next, key: model.key(next) }));
  throw new Error(
    `A step of the model changed the state it was given, ${JSON.stringify(key)}, into ${JSON.stringify(now)}: ` +
      "the history is not judged.",
  );
}

/** Fails if one key stands for two different states: they would be taken for the same. */
export function demandOneState<State>(one: Position<State>, other: Position<State>): void {
  if (one.state === other.state || isDeepStrictEqual(one.state, other.state)) return;
  throw new Error(
    `The model's key ${JSON.stringify(one.key)} stands for two different states: the history is not judged.`,
  );
}
