import type { Model } from "../../../harness/history/model.ts";
import type { Operation } from "../../../harness/history/operation.ts";

/**
 * Whether a history is linearizable, found out in the plainest way: every choice of lost operations that took effect,
 * every permutation with them, each looked at as a whole. It shares nothing with the checker but the model.
 */
export function tryAllOrders<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
): boolean {
  const answered = history.filter(({ outcome }) => outcome.kind === "answered");
  const lost = history.filter(({ outcome }) => outcome.kind === "lost");
  for (let choice = 0; choice < 2 ** lost.length; choice += 1) {
    const happened = lost.filter((_, index) => (choice >> index) % 2 === 1);
    for (const order of permutations([...answered, ...happened]))
      if (keepsTime(order) && isAllowed(model, model.initial, order)) return true;
  }
  return false;
}

/** Whether nothing stands behind what was asked after its answer. */
export function keepsTime(order: readonly Operation<unknown, unknown>[]): boolean {
  return order.every((later, index) =>
    order
      .slice(0, index)
      .every(({ asked }) => later.outcome.kind === "lost" || later.outcome.answered >= asked),
  );
}

export function isAllowed<State, Input, Output>(
  model: Model<State, Input, Output>,
  state: State,
  [first, ...rest]: readonly Operation<Input, Output>[],
): boolean {
  if (first === undefined) return true;
  const states = model.step(state, first.input, first.outcome);
  return states.some((next) => isAllowed(model, next, rest));
}

/** Heap's way of making all of them, each by one swap. The array that is given out is changed later. */
function* permutations<Value>(values: Value[]): Generator<readonly Value[]> {
  yield values;
  const turns = values.map(() => 0);
  for (let index = 1; index < values.length;) {
    const turn = turns[index] ?? 0;
    if (turn >= index) {
      turns[index] = 0;
      index += 1;
      continue;
    }
    swap(values, index % 2 === 0 ? 0 : turn, index);
    yield values;
    turns[index] = turn + 1;
    index = 1;
  }
}

function swap(values: unknown[], one: number, other: number): void {
  const [former, latter] = [values[one], values[other]];
  if (former === undefined || latter === undefined) throw new RangeError("Nothing to swap.");
  values[one] = latter;
  values[other] = former;
}
