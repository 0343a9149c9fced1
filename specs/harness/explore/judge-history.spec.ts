/**
 * Goal: a history that no order explains breaks its law with a witness that ends where it went wrong; one of which that
 * is not known is no pass; and one that is explained is counted.
 * Method: Hand-made histories of a register, which answers what was written last, and of numbers that must rise.
 */
import { expect, test } from "vitest";
import { Discrepancy } from "../../../harness/explore/discrepancy.ts";
import {
  demandRising,
  demandSomeOrder,
  historyJudged,
} from "../../../harness/explore/judge-history.ts";
import { createRecorder } from "../../../harness/explore/recorder.ts";
import { createTally } from "../../../harness/explore/stage.ts";
import type { ToldOperation } from "../../../harness/explore/told-operation.ts";
import type { Model } from "../../../harness/history/model.ts";
import type { Witness } from "../../../harness/verdict/verdict.ts";

test("a history with an order is counted and met", () => {
  const bench = open();

  demandSomeOrder(bench, register, [write("ann", 1, 4, 1), write("ben", 2, 3, 2), read(5, 6, 1)]);

  const { comparisons, met } = bench.tally.evidence(1);
  expect({ comparisons, met }).toEqual({ comparisons: 3, met: { [historyJudged]: 1 } });
});

test("an empty history is not one that was judged", () => {
  const bench = open();

  demandSomeOrder(bench, register, []);
  demandRising(bench, [], "the numbers");

  expect(bench.tally.evidence(1).met).toEqual({});
});

test("the witness of a history without an order ends with the answer that spoilt it", () => {
  const history = [
    write("ann", 1, 2, 1),
    write("ben", 3, 9, 2),
    read(4, 5, 7),
    write("ann", 6, 7, 3),
    read(10, 11, 3),
  ];

  const witness = witnessOf(() => demandSomeOrder(open(), register, history));

  expect(witness.steps).toEqual([
    { who: "ann", does: "write 1", answer: "done" },
    { who: "ben", does: "write 2", answer: "not answered yet" },
    { who: "cat", does: "read", answer: "7" },
  ]);
  expect(witness.happened).toBe("whatever came before, this cannot come next: cat: read → 7");
  expect(witness.repeatable).toBe(false);
});

test("of a long history the witness shows the end", () => {
  const history = Array.from({ length: 40 }, (_, at) => write("ann", 2 * at, 2 * at + 1, at));

  const witness = witnessOf(() => demandSomeOrder(open(), register, [...history, read(90, 91, 7)]));

  expect(witness.steps).toHaveLength(25);
  expect(witness.steps[0]?.does).toBe("17 calls before");
  expect(witness.steps.at(-1)?.answer).toBe("7");
});

test("a budget that ends is neither a pass nor a discrepancy", () => {
  const history = Array.from({ length: 12 }, (_, at) => write(`w${at}`, 1, 20, at));
  const bench = open();

  const judging = () =>
    demandSomeOrder(bench, register, [...history, read(30, 31, 77)], { steps: 40, entries: 40 });

  expect(judging).toThrow(
    expect.objectContaining({ name: "RehearsalError", code: "history-undecided" }),
  );
  expect(bench.tally.evidence(1).met).toEqual({});
});

test("numbers that rise with time hold, in whatever order overlapping calls got them", () => {
  const bench = open();

  demandRising(
    bench,
    [draw("ann", 1, 4, 6), draw("ben", 2, 3, 5), draw("ann", 5, 6, 7)],
    "numbers",
  );

  expect(bench.tally.evidence(1).met).toEqual({ [historyJudged]: 1 });
});

test.for([
  { history: [draw("ann", 1, 2, 6), draw("ben", 3, 4, 5)], who: ["ann", "ben"], why: /was over/ },
  { history: [draw("ann", 1, 4, 5), draw("ben", 2, 3, 5)], who: ["ann", "ben"], why: /the same/ },
])("numbers that do not are shown: $who", ({ history, who, why }) => {
  const witness = witnessOf(() => demandRising(open(), history, "numbers"));

  expect(witness.steps.map((step) => step.who)).toEqual(who);
  expect(witness.happened).toMatch(why);
});

const register: Model<number, number | null, number> = {
  initial: 0,
  step(state, written, outcome) {
    if (written !== null) return [written];
    return outcome.kind === "lost" || outcome.output === state ? [state] : [];
  },
  key: String,
};

function write(who: string, asked: number, answered: number, value: number) {
  return operation(who, [asked, answered], value, {
    output: 0,
    does: `write ${value}`,
    told: "done",
  });
}

function read(asked: number, answered: number, value: number) {
  return operation("cat", [asked, answered], null, {
    output: value,
    does: "read",
    told: String(value),
  });
}

function draw(who: string, asked: number, answered: number, value: number) {
  return operation(who, [asked, answered], "alpha", {
    output: value,
    does: "draw",
    told: String(value),
  });
}

function operation<Input>(
  who: string,
  [asked, answered]: readonly [number, number],
  input: Input,
  { output, does, told }: { output: number; does: string; told: string },
): ToldOperation<Input, number> {
  return { who, input, asked, outcome: { kind: "answered", output, answered }, does, told };
}

function open() {
  return { recorder: createRecorder("a race", { repeatable: false }), tally: createTally([]) };
}

function witnessOf(judging: () => void): Witness {
  try {
    judging();
  } catch (error) {
    if (error instanceof Discrepancy) return error.witness;
    throw error;
  }
  throw new Error("nothing was found");
}
