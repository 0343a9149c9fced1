import { atEnd, type Chain, createChain } from "./chain.ts";
import { endOf, type Operation } from "./operation.ts";

/**
 * The operations that a search has not placed yet, by their numbers: they are numbered in the order in which they were
 * asked. What was placed is taken back in the reverse order.
 */
export interface Pending {
  /** Whether every answered operation is placed. */
  isDone(): boolean;
  /** Those that may come next: none of the others was answered before they were asked. The lost ones come last. */
  candidates(): readonly number[];
  place(number: number): void;
  takeBack(number: number): void;
  /** How many are placed of each kind. */
  placed(): { readonly answered: number; readonly lost: number };
  /** One text for each set of placed operations. */
  name(): string;
}

/** The operations must be in the order in which they were asked. */
export function createPending(history: readonly Operation<unknown, unknown>[]): Pending {
  const ends = history.map(endOf);
  const asked = history.map((operation) => operation.asked);
  const numbers = [...history.keys()];
  const isLost = (number: number): boolean => ends[number] === Infinity;
  const answered = numbers.filter((number) => !isLost(number));
  const chain = (members: readonly number[]): Chain => createChain(members, history.length);
  const byQuestion = chain(answered);
  const byAnswer = chain(answered.toSorted((one, other) => (ends[one] ?? 0) - (ends[other] ?? 0)));
  const lost = chain(numbers.filter(isLost));
  const placedLost: number[] = [];
  /** The greatest answered number that is placed, after each placing. */
  const greatest = [-1];

  return {
    isDone: () => byAnswer.first() === atEnd,
    candidates() {
      const firstEnd = ends[byAnswer.first()] ?? Infinity;
      const found: number[] = [];
      for (const each of [byQuestion, lost])
        for (let number = each.first(); number !== atEnd; number = each.after(number)) {
          if ((asked[number] ?? Infinity) > firstEnd) break;
          found.push(number);
        }
      return found;
    },
    place(number) {
      if (isLost(number)) {
        lost.take(number);
        placedLost.push(number);
        return;
      }
      byQuestion.take(number);
      byAnswer.take(number);
      greatest.push(Math.max(number, greatest.at(-1) ?? -1));
    },
    takeBack(number) {
      if (isLost(number)) {
        placedLost.pop();
        lost.putBack(number);
        return;
      }
      greatest.pop();
      byAnswer.putBack(number);
      byQuestion.putBack(number);
    },
    placed: () => ({ answered: greatest.length - 1, lost: placedLost.length }),
    // All up to the greatest are placed but for a few that overlap it: there are never more of them than sessions.
    name() {
      const upTo = greatest.at(-1) ?? -1;
      let name = String(upTo);
      for (let number = byQuestion.first(); number !== atEnd && number < upTo;) {
        name += `,${number}`;
        number = byQuestion.after(number);
      }
      if (placedLost.length > 0)
        name += `;${placedLost.toSorted((one, other) => one - other).join(",")}`;
      return name;
    },
  };
}
