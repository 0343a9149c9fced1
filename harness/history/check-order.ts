import { type Model, splitHistory } from "./model.ts";
import { demandTimes, endOf, type Operation } from "./operation.ts";
import { stepAll } from "./replay.ts";
import { type Position, startOf } from "./take-step.ts";

/** Operations in a verdict are the very values that were given. */
export type OrderCheck<Input, Output> =
  | { readonly kind: "kept" }
  | {
      readonly kind: "broken";
      readonly partition: string;
      readonly fault: OrderFault<Input, Output>;
    }
  /** The order would be broken, but a lost operation without a place may stand where it breaks. */
  | {
      readonly kind: "unknown";
      readonly partition: string;
      readonly fault: OrderFault<Input, Output>;
    };

export type OrderFault<Input, Output> =
  /** Two have the same place. */
  | { readonly kind: "same place"; readonly operations: Pair<Input, Output> }
  /** The first one has the later place, though it was answered before the second one was asked. */
  | { readonly kind: "against time"; readonly operations: Pair<Input, Output> }
  /** The model allows `order`, and not `next` after it. */
  | {
      readonly kind: "impossible";
      readonly order: readonly Operation<Input, Output>[];
      readonly next: Operation<Input, Output>;
    };

type Pair<Input, Output> = readonly [Operation<Input, Output>, Operation<Input, Output>];

export type Place = number | bigint;

/**
 * Whether the order that the places say, such as tokens or numbers of commits, keeps real time and explains every
 * answer, in time for sorting. Places of different parts of the model are not compared. Only a lost operation may have
 * none. Fails if another has none, or if times are unsound.
 */
export function checkOrder<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
  placeOf: (operation: Operation<Input, Output>) => Place | undefined,
): OrderCheck<Input, Output> {
  demandTimes(history);
  let unknown: OrderCheck<Input, Output> | undefined;
  for (const [partition, operations] of splitHistory(model, history)) {
    const { placed, unplaced } = sortByPlace(operations, placeOf);
    const fault = findSamePlace(placed) ?? findAgainstTime(placed) ?? findImpossible(model, placed);
    if (fault === undefined) continue;
    const mayBeFilled = fault.kind === "impossible" && unplaced > 0;
    if (!mayBeFilled) return { kind: "broken", partition, fault };
    unknown ??= { kind: "unknown", partition, fault };
  }
  return unknown ?? { kind: "kept" };
}

interface Placed<Input, Output> {
  readonly operation: Operation<Input, Output>;
  readonly place: Place;
}

function sortByPlace<Input, Output>(
  operations: readonly Operation<Input, Output>[],
  placeOf: (operation: Operation<Input, Output>) => Place | undefined,
): { readonly placed: readonly Placed<Input, Output>[]; readonly unplaced: number } {
  const placed = operations.flatMap((operation) => {
    const place = placeOf(operation);
    if (place !== undefined && !Number.isNaN(place)) return [{ operation, place }];
    if (place === undefined && operation.outcome.kind === "lost") return [];
    throw new RangeError(
      `What ${operation.who} asked at ${operation.asked} has no place: the history is not judged.`,
    );
  });
  return {
    placed: placed.toSorted(
      (one, other) => Number(one.place > other.place) - Number(one.place < other.place),
    ),
    unplaced: operations.length - placed.length,
  };
}

function findSamePlace<Input, Output>(
  placed: readonly Placed<Input, Output>[],
): OrderFault<Input, Output> | undefined {
  for (const [index, { operation, place }] of placed.entries()) {
    const former = placed[index - 1];
    // A place that is a number may equal one that is a bigint.
    if (former !== undefined && !(former.place < place))
      return { kind: "same place", operations: [former.operation, operation] };
  }
  return undefined;
}

function findAgainstTime<Input, Output>(
  placed: readonly Placed<Input, Output>[],
): OrderFault<Input, Output> | undefined {
  let latest: Operation<Input, Output> | undefined;
  for (const { operation } of placed) {
    if (latest !== undefined && endOf(operation) < latest.asked)
      return { kind: "against time", operations: [operation, latest] };
    if (latest === undefined || operation.asked > latest.asked) latest = operation;
  }
  return undefined;
}

function findImpossible<State, Input, Output>(
  model: Model<State, Input, Output>,
  placed: readonly Placed<Input, Output>[],
): OrderFault<Input, Output> | undefined {
  let positions: readonly Position<State>[] = [startOf(model)];
  for (const [index, { operation }] of placed.entries()) {
    positions = stepAll(model, positions, operation);
    if (positions.length > 0) continue;
    const order = placed.slice(0, index).map((each) => each.operation);
    return { kind: "impossible", order, next: operation };
  }
  return undefined;
}
