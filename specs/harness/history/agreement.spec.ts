/**
 * Goal: the checker is right about every small history, and what it says of one that it rejects is true.
 * Method: More than ten thousand histories of five models, made by running a model and by mutating that, are judged by
 * the checker and by one that tries all permutations. Shares of both verdicts are demanded, so that neither can be idle.
 */
import { describe, expect, test } from "vitest";
import { createRandom, type Random } from "../../../harness/explore/random.ts";
import { linearize } from "../../../harness/history/linearize.ts";
import type { Model } from "../../../harness/history/model.ts";
import type { Operation } from "../../../harness/history/operation.ts";
import type { Farthest } from "../../../harness/history/search-order.ts";
import { coins } from "./coins.ts";
import { lease } from "./lease.ts";
import { makeSound, mutate } from "./make-history.ts";
import { register } from "./register.ts";
import { registers } from "./registers.ts";
import type { Sample } from "./sample.ts";
import { isAllowed, keepsTime, tryAllOrders } from "./try-all-orders.ts";
import { work } from "./work.ts";

const historiesPerModel = 3000;

describe.each([
  { name: "register", tryIt: () => agree(register, 1) },
  { name: "lease", tryIt: () => agree(lease, 2) },
  { name: "work", tryIt: () => agree(work, 3) },
  { name: "registers", tryIt: () => agree(registers, 5) },
  { name: "coins", tryIt: () => agree(coins, 4) },
])("$name", ({ tryIt }) => {
  test("every verdict is that of trying all orders, and every explanation is true", () => {
    const { disagreements, shares } = tryIt();

    expect(disagreements).toEqual([]);
    expect(shares.linearizable).toBeGreaterThan(historiesPerModel / 4);
    expect(shares.rejected).toBeGreaterThan(historiesPerModel / 4);
    expect(shares.withLost).toBeGreaterThan(historiesPerModel / 4);
  });
});

function agree<State, Input, Output>(sample: Sample<State, Input, Output>, seed: number) {
  const random = createRandom(seed);
  const disagreements: unknown[] = [];
  const shares = { linearizable: 0, rejected: 0, withLost: 0 };
  for (let count = 0; count < historiesPerModel; count += 1) {
    const history = makeOne(sample, random, count);
    const isSound = tryAllOrders(sample.model, history);
    shares[isSound ? "linearizable" : "rejected"] += 1;
    if (history.some(({ outcome }) => outcome.kind === "lost")) shares.withLost += 1;
    const wrong = findWrong(sample, history, isSound);
    if (wrong !== undefined) disagreements.push({ wrong, history });
  }
  return { disagreements: disagreements.slice(0, 3), shares };
}

/** One in three is left as it was made. */
function makeOne<State, Input, Output>(
  sample: Sample<State, Input, Output>,
  random: Random,
  count: number,
): readonly Operation<Input, Output>[] {
  const sound = makeSound(sample, random, 2 + random.below(5));
  return count % 3 === 0 ? sound : mutate(sample, random, sound);
}

/** What is wrong with the checker's verdict, if anything is. */
function findWrong<State, Input, Output>(
  { model }: Sample<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
  isSound: boolean,
): string | undefined {
  const verdict = linearize(model, history);
  if (verdict.kind === "unknown") return "the budget ended";
  if ((verdict.kind === "linearizable") !== isSound) return `it says ${verdict.kind}`;
  const { order } = verdict.kind === "linearizable" ? verdict : verdict.farthest;
  if (!keepsTime(order) || !isAllowed(model, model.initial, order)) return "its order is none";
  const isLeft = (each: Operation<Input, Output>): boolean =>
    each.outcome.kind === "answered" && !order.includes(each);
  if (verdict.kind === "linearizable")
    return history.some(isLeft) ? "an answer is left out" : undefined;
  const part = history.filter((each) => (model.partition?.(each) ?? "") === verdict.partition);
  return findWrongEnd(model, part, part.filter(isLeft), verdict.farthest);
}

/** What is not true of a place from which a search is said not to go on. */
function findWrongEnd<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
  left: readonly Operation<Input, Output>[],
  { order, next }: Farthest<Input, Output>,
): string | undefined {
  const mayComeNext = left.filter((each) => left.every((other) => keepsTime([each, other])));
  if (new Set(next).symmetricDifference(new Set(mayComeNext)).size > 0) return "others may be next";
  if (next.length === 0) return "nothing is offered";
  const before = order.filter(({ outcome }) => outcome.kind === "answered");
  const possible = next.some((each) => {
    const missing = left.filter((other) => other !== each);
    const lost = history.filter(
      (other) => other.outcome.kind === "lost" && missing.every((one) => keepsTime([other, one])),
    );
    return tryAllOrders(model, [...before, each, ...lost]);
  });
  return possible ? "what it offers is possible" : undefined;
}
