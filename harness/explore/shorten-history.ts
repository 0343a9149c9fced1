import type { Budget } from "../history/budget.ts";
import { linearize } from "../history/linearize.ts";
import type { Model } from "../history/model.ts";
import { endOf, type Operation } from "../history/operation.ts";
import type { ToldOperation } from "./told-operation.ts";

export interface Shortened<Input, Output> {
  readonly shortest: readonly ToldOperation<Input, Output>[];
  /** The answers none of which can come next, where the search for an order came farthest. */
  readonly next: readonly ToldOperation<Input, Output>[];
}

/**
 * Of a history without an order, what there was of it at the earliest answer after which it had none; later answers
 * count as not heard. Only time is cut: a history from which calls are picked may lack an order just for that. Where the
 * budget ends it stays longer.
 */
export function shortenHistory<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly ToldOperation<Input, Output>[],
  budget: Budget,
): Shortened<Input, Output> {
  const instants = history
    .map(endOf)
    .filter(Number.isFinite)
    .toSorted((one, other) => one - other);
  let best = findStuck(model, history, budget) ?? { shortest: history, next: [] };
  let from = 0;
  let to = instants.length - 1;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const shorter = findStuck(model, upTo(history, instants[middle] ?? Infinity), budget);
    if (shorter === undefined) from = middle + 1;
    else {
      best = shorter;
      to = middle;
    }
  }
  return best;
}

/** Nothing if the history has an order, or if that is not known. */
function findStuck<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly ToldOperation<Input, Output>[],
  budget: Budget,
): Shortened<Input, Output> | undefined {
  const check = linearize(model, history, budget);
  if (check.kind !== "not linearizable") return undefined;
  const next = new Set<Operation<Input, Output>>(check.farthest.next);
  return { shortest: history, next: history.filter((each) => next.has(each)) };
}

function upTo<Input, Output>(
  history: readonly ToldOperation<Input, Output>[],
  instant: number,
): readonly ToldOperation<Input, Output>[] {
  return history
    .filter(({ asked }) => asked <= instant)
    .map((each) => (endOf(each) <= instant ? each : unheard(each)));
}

function unheard<Input, Output>(each: ToldOperation<Input, Output>): ToldOperation<Input, Output> {
  return { ...each, outcome: { kind: "lost" }, told: "not answered yet" };
}
