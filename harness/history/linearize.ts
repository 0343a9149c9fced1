import { type Budget, type BudgetPart, createPurse, demandBudget, type Spent } from "./budget.ts";
import { type Model, splitHistory } from "./model.ts";
import { demandTimes, type Operation } from "./operation.ts";
import { replay, stepAll } from "./replay.ts";
import { type Farthest, searchOrder } from "./search-order.ts";

/** Operations in a verdict are the very values that were given. */
export type Linearizability<Input, Output> =
  | {
      readonly kind: "linearizable";
      /** One order that explains every answer. Lost operations that it has no need of are left out. */
      readonly order: readonly Operation<Input, Output>[];
      readonly spent: Spent;
    }
  | {
      readonly kind: "not linearizable";
      /** The part that has no order; empty where the model has no parts. */
      readonly partition: string;
      readonly farthest: Farthest<Input, Output>;
      readonly spent: Spent;
    }
  | {
      readonly kind: "unknown";
      /** What ended the search in the first part that was not decided. */
      readonly ended: BudgetPart;
      readonly undecided: readonly string[];
      readonly partitions: number;
      readonly spent: Spent;
    };

/**
 * Whether the operations could have been done one at a time, each at some instant between question and answer, so that
 * the model allows every answer. Parts are searched from the smallest on, each with an even share of what is left of
 * the budget, so that a hard one hides nothing that the others show. Fails if times, budget or model are unsound.
 */
export function linearize<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
  budget: Budget = usualBudget,
): Linearizability<Input, Output> {
  demandTimes(history);
  demandBudget(budget);
  const parts = [...splitHistory(model, history)].toSorted(
    ([, one], [, other]) => one.length - other.length,
  );
  const purse = createPurse(budget);
  const orders: (readonly Operation<Input, Output>[])[] = [];
  const undecided: { partition: string; ended: BudgetPart }[] = [];
  for (const [index, [partition, operations]] of parts.entries()) {
    const search = searchOrder(model, operations, purse.meter(parts.length - index));
    if (search.kind === "none") {
      const { farthest } = search;
      demandConfirmed(isStuck(model, farthest));
      return { kind: "not linearizable", partition, farthest, spent: purse.spent() };
    }
    if (search.kind === "unknown") undecided.push({ partition, ended: search.ended });
    else {
      demandConfirmed(replay(model, search.order).length > 0);
      orders.push(search.order);
    }
  }
  const spent = purse.spent();
  const [first] = undecided;
  if (first === undefined) return { kind: "linearizable", order: mergeOrders(orders), spent };
  const names = undecided.map(({ partition }) => partition);
  const { ended } = first;
  return { kind: "unknown", ended, undecided: names, partitions: parts.length, spent };
}

/** Some seconds, and some hundred megabytes. */
const usualBudget: Budget = { steps: 5_000_000, entries: 500_000 };

/** Judged again from what was found alone, in another way. */
function isStuck<State, Input, Output>(
  model: Model<State, Input, Output>,
  { order, next }: Farthest<Input, Output>,
): boolean {
  const positions = replay(model, order);
  const isImpossible = (operation: Operation<Input, Output>): boolean =>
    stepAll(model, positions, operation).length === 0;
  return positions.length > 0 && next.length > 0 && next.every(isImpossible);
}

function demandConfirmed(confirmed: boolean): void {
  if (confirmed) return;
  throw new Error("The model does not answer twice in the same way: the history is not judged.");
}

/**
 * One order out of those of the parts: each operation is done at the earliest instant that its part's order leaves it,
 * which is never after its answer.
 */
function mergeOrders<Input, Output>(
  orders: readonly (readonly Operation<Input, Output>[])[],
): readonly Operation<Input, Output>[] {
  const placed = orders.flatMap((order) => {
    let instant = -Infinity;
    return order.map((operation) => {
      instant = Math.max(instant, operation.asked);
      return { operation, instant };
    });
  });
  return placed
    .toSorted((one, other) => one.instant - other.instant)
    .map(({ operation }) => operation);
}
