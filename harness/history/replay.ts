import type { Model } from "./model.ts";
import type { Operation } from "./operation.ts";
import { demandOneState, type Position, startOf, takeStep } from "./take-step.ts";

/** Where the operations may lead when they are done in this order; nowhere if the model does not allow it. */
export function replay<State, Input, Output>(
  model: Model<State, Input, Output>,
  order: readonly Operation<Input, Output>[],
): readonly Position<State>[] {
  return order.reduce<readonly Position<State>[]>(
    (positions, operation) => stepAll(model, positions, operation),
    [startOf(model)],
  );
}

/** Everywhere the operation may lead from one of the positions, each once. */
export function stepAll<State, Input, Output>(
  model: Model<State, Input, Output>,
  positions: readonly Position<State>[],
  operation: Operation<Input, Output>,
): readonly Position<State>[] {
  const found = new Map<string, Position<State>>();
  for (const position of positions)
    for (const next of takeStep(model, position, operation)) {
      const same = found.get(next.key);
      if (same === undefined) found.set(next.key, next);
      else demandOneState(same, next);
    }
  return [...found.values()];
}
