import type { BudgetPart, Meter } from "./budget.ts";
import type { Model } from "./model.ts";
import type { Operation } from "./operation.ts";
import { createPending, type Pending } from "./pending.ts";
import { demandOneState, isRead, type Position, startOf, takeStep } from "./take-step.ts";

export type Search<Input, Output> =
  | { readonly kind: "found"; readonly order: readonly Operation<Input, Output>[] }
  | { readonly kind: "none"; readonly farthest: Farthest<Input, Output> }
  | { readonly kind: "unknown"; readonly ended: BudgetPart };

/** Where a search that found no order came farthest. */
export interface Farthest<Input, Output> {
  /** Of all orders that the model allows one with the most answered operations, and of those one with the fewest lost. */
  readonly order: readonly Operation<Input, Output>[];
  /** The answered operations that may come next by time: the model allows none of them after any such order. */
  readonly next: readonly Operation<Input, Output>[];
}

/**
 * Looks for an order that keeps real time, has every answered operation and any of the lost ones, and that the model
 * allows: Wing and Gong's search with Lowe's memory of where it has been. The operations must be in the order in which
 * they were asked.
 */
export function searchOrder<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
  meter: Meter,
): Search<Input, Output> {
  const pending = createPending(history);
  const isNew = createMemory<State>(meter);
  const farthest = createFarthest(history, pending);
  const placed: number[] = [];
  const moves = findMoves(model, history, pending, startOf(model), meter);
  const frames = [{ moves, tried: 0 }];
  for (;;) {
    if (pending.isDone()) return { kind: "found", order: operationsOf(history, placed) };
    const frame = frames.at(-1);
    if (frame === undefined) return { kind: "none", farthest: farthest.get() };
    const ended = meter.ended();
    if (ended !== undefined) return { kind: "unknown", ended };
    const move = frame.moves[frame.tried];
    if (move === undefined) {
      farthest.see(placed);
      frames.pop();
      const last = placed.pop();
      if (last !== undefined) pending.takeBack(last);
      continue;
    }
    frame.tried += 1;
    pending.place(move.number);
    if (!isNew(pending.name(), move)) {
      pending.takeBack(move.number);
      continue;
    }
    placed.push(move.number);
    frames.push({ moves: findMoves(model, history, pending, move, meter), tried: 0 });
  }
}

/** An operation that may come next, and a state that it leads to. */
interface Move<State> extends Position<State> {
  readonly number: number;
}

/**
 * A read that may come now may as well come now as later, since it changes nothing at either time: no other move is
 * needed beside it. A lost operation that changes nothing now may as well be left out.
 */
function findMoves<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
  pending: Pending,
  from: Position<State>,
  meter: Meter,
): readonly Move<State>[] {
  const moves: Move<State>[] = [];
  for (const number of pending.candidates()) {
    const operation = operationOf(history, number);
    meter.countStep();
    for (const { state, key } of takeStep(model, from, operation)) {
      const move = { number, state, key };
      if (key === from.key) demandOneState(from, move);
      if (isRead(model, operation)) return [move];
      if (key !== from.key || operation.outcome.kind === "answered") moves.push(move);
    }
  }
  return moves;
}

/** Whether a search has never been where the same operations were placed and had led to the same state. */
function createMemory<State>(meter: Meter): (name: string, at: Position<State>) => boolean {
  const seen = new Map<string, Position<State>>();
  return (name, at) => {
    const place = `${name}|${at.key}`;
    const before = seen.get(place);
    if (before !== undefined) {
      demandOneState(before, at);
      return false;
    }
    seen.set(place, at);
    meter.countEntry();
    return true;
  };
}

/** Keeps the farthest place that a search turned back from. */
function createFarthest<Input, Output>(
  history: readonly Operation<Input, Output>[],
  pending: Pending,
): { see(placed: readonly number[]): void; get(): Farthest<Input, Output> } {
  let best = { answered: -1, lost: 0, placed: new Array<number>(), next: new Array<number>() };
  return {
    see(placed) {
      const { answered, lost } = pending.placed();
      if (answered < best.answered || (answered === best.answered && lost >= best.lost)) return;
      const next = pending
        .candidates()
        .filter((number) => operationOf(history, number).outcome.kind === "answered");
      best = { answered, lost, placed: [...placed], next };
    },
    get: () => ({
      order: operationsOf(history, best.placed),
      next: operationsOf(history, best.next),
    }),
  };
}

function operationsOf<Input, Output>(
  history: readonly Operation<Input, Output>[],
  numbers: readonly number[],
): readonly Operation<Input, Output>[] {
  return numbers.map((number) => operationOf(history, number));
}

function operationOf<Input, Output>(
  history: readonly Operation<Input, Output>[],
  number: number,
): Operation<Input, Output> {
  const operation = history[number];
  if (operation === undefined) throw new RangeError(`There is no operation ${number}.`);
  return operation;
}
