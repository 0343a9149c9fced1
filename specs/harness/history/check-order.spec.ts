/**
 * Goal: an order that is known, by tokens or by commits, is accepted if it keeps real time and explains every answer, and
 * where it does not the fault is shown.
 * Method: Histories of a lease written by hand with known verdicts; two thousand made ones are compared with looking at
 * every pair and replaying the whole.
 */
import { describe, expect, test } from "vitest";
import { createRandom } from "../../../harness/explore/random.ts";
import { checkOrder, type OrderCheck, type Place } from "../../../harness/history/check-order.ts";
import type { Operation } from "../../../harness/history/operation.ts";
import { lease, type LeaseInput } from "./lease.ts";
import { makeSound, mutate } from "./make-history.ts";
import { register, type RegisterInput } from "./register.ts";
import { answered, lost } from "./tell.ts";
import { isAllowed, keepsTime } from "./try-all-orders.ts";

type LeaseOperation = Operation<LeaseInput, number>;

const ask = (holder: string): LeaseInput => ({ kind: "acquire", holder, seconds: 10 });
const release = (holder: string): LeaseInput => ({ kind: "release", holder });

describe("leases in the order of their tokens", () => {
  const first = answered("ann", [0, 5], ask("ann"), 1);
  const second = answered("ann", [1, 9], ask("ann"), 2);

  test("tokens that rise with time are kept", () => {
    const third = answered("ann", [6, 7], ask("ann"), 3);

    expect(byToken([third, second, first])).toEqual({ kind: "kept" });
  });

  test("a token that is smaller than one answered before is against time", () => {
    const later = answered("ann", [6, 7], ask("ann"), 1);
    const before = answered("ann", [0, 5], ask("ann"), 2);

    expect(byToken([before, later])).toMatchObject({
      kind: "broken",
      fault: { kind: "against time", operations: [before, later] },
    });
  });

  test("a token that two were given is a fault, whatever the times", () => {
    const same = answered("ann", [1, 9], ask("ann"), 1);

    expect(byToken([first, same])).toMatchObject({
      kind: "broken",
      fault: { kind: "same place", operations: [first, same] },
    });
  });

  test("a lease that is given while another holds it is impossible", () => {
    const other = answered("ben", [6, 7], ask("ben"), 3);

    expect(byToken([first, other, second])).toMatchObject({
      kind: "broken",
      fault: { kind: "impossible", order: [first, second], next: other },
    });
  });

  test("a lost operation without a place may explain it, so nobody knows", () => {
    const other = answered("ben", [6, 7], ask("ben"), 3);
    const unheard = lost<LeaseInput, number>("ann", 2, release("ann"));

    expect(byToken([first, unheard, other])).toMatchObject({
      kind: "unknown",
      fault: { kind: "impossible", next: other },
    });
    expect(byToken([first, unheard, second])).toEqual({ kind: "kept" });
  });

  test("it explains neither a token that two were given nor one against time", () => {
    const unheard = lost<LeaseInput, number>("ann", 2, release("ann"));
    const later = answered("ann", [6, 7], ask("ann"), 0);

    expect(byToken([first, unheard, later])).toMatchObject({
      kind: "broken",
      fault: { kind: "against time" },
    });
    expect(byToken([first, unheard, first])).toMatchObject({
      kind: "broken",
      fault: { kind: "same place" },
    });
  });

  test("an answered operation without a place is not judged", () => {
    expect(() => checkOrder(lease.model, [first], () => undefined)).toThrow("has no place");
    expect(() => checkOrder(lease.model, [first], () => Number.NaN)).toThrow("has no place");
  });
});

describe("parts", () => {
  test("places of different parts are not compared", () => {
    const model = { ...lease.model, partition: ({ who }: LeaseOperation) => who };
    const history = [
      answered("ann", [5, 6], ask("ann"), 1),
      answered("ben", [0, 1], ask("ben"), 1),
    ];

    expect(checkOrder(model, history, tokenOf)).toEqual({ kind: "kept" });
    expect(checkOrder(lease.model, history, tokenOf).kind).toBe("broken");
  });
});

test("numbers of commits are compared exactly, whether or not they fit a double", () => {
  const history = [1, 2].map((value) =>
    answered("ann", [value * 2, value * 2 + 1], { kind: "write", value } as const, 0),
  );
  const check = (places: readonly Place[]) =>
    checkOrder(register.model, history, (operation) => places[history.indexOf(operation)]);

  expect(check([2n ** 60n, 2n ** 60n + 1n])).toEqual({ kind: "kept" });
  expect(check([1, 2n])).toEqual({ kind: "kept" });
  expect(check([1, 1n])).toMatchObject({ fault: { kind: "same place" } });
});

test("two thousand made histories get the verdict of looking at every pair", () => {
  const random = createRandom(5);
  const seen = Array.from({ length: 2000 }, (_, count) => {
    const made = makeSound(register, random, 2 + random.below(8));
    const history = (count % 2 === 0 ? made : mutate(register, random, made)).filter(
      ({ outcome }) => outcome.kind === "answered",
    );
    // About the order in which they were asked, which explains some of them.
    const places = new Map(
      history.map((each, index) => [each, each.asked * 100 + random.below(500) + index / 100]),
    );
    const order = history.toSorted(
      (one, other) => (places.get(one) ?? 0) - (places.get(other) ?? 0),
    );
    const verdict = checkOrder(register.model, history, (each) => places.get(each));
    return {
      expected: lookAtEveryPair(order),
      found: verdict.kind === "kept" ? "kept" : verdict.fault.kind,
    };
  });

  expect(seen.filter(({ expected, found }) => expected !== found)).toEqual([]);
  for (const kind of ["kept", "against time", "impossible"])
    expect(seen.filter(({ expected }) => expected === kind).length).toBeGreaterThan(200);
});

function lookAtEveryPair(order: readonly Operation<RegisterInput, number>[]): string {
  if (!keepsTime(order)) return "against time";
  return isAllowed(register.model, 0, order) ? "kept" : "impossible";
}

function byToken(history: readonly LeaseOperation[]): OrderCheck<LeaseInput, number> {
  return checkOrder(lease.model, history, tokenOf);
}

function tokenOf({ outcome }: LeaseOperation): number | undefined {
  return outcome.kind === "answered" ? outcome.output : undefined;
}
