/**
 * Goal: what a race has recorded becomes operations of a model, and what nobody can know is not taken for an answer.
 * Method: Events with rows, with errors of several kinds and without any answer are read.
 */
import { expect, test } from "vitest";
import type { Event } from "../../../harness/history/event.ts";
import { readOperations } from "../../../harness/history/read-operations.ts";

test("input and output are what the reading makes of an event, and times are the event's", () => {
  const operations = readOperations([event({ answer: [{ granted: true }] })], reading);

  expect(operations).toEqual([
    { who: "ann", input: "alpha", asked: 1, outcome: { kind: "answered", output: 1, answered: 2 } },
  ]);
});

test("an event that is about something else is left out", () => {
  expect(readOperations([event({ operation: "token", answer: [] })], reading)).toEqual([]);
});

test("no rows and an error are answers", () => {
  const events = [
    event({ answer: [] }),
    event({ sqlstate: "40001" }),
    event({ sqlstate: "57014" }),
  ];

  const outcomes = readOperations(events, reading).map(({ outcome }) => outcome);

  expect(outcomes.map((each) => (each.kind === "answered" ? each.output : each.kind))).toEqual([
    0,
    "40001",
    "57014",
  ]);
});

test.each([undefined, "08006", "40003", "57P01", "57P02"])(
  "a connection that went with %s leaves the outcome unknown",
  (sqlstate) => {
    const [operation] = readOperations(
      [event(sqlstate === undefined ? {} : { sqlstate })],
      reading,
    );

    expect(operation?.outcome).toEqual({ kind: "lost" });
  },
);

test("a call in a transaction was answered when the commit was", () => {
  const [operation] = readOperations(
    [event({ answer: [{}], transaction: { end: "committed", over: 7 } })],
    reading,
  );

  expect(operation?.outcome).toEqual({ kind: "answered", output: 1, answered: 7 });
});

test("what was rolled back is left out, and of a commit without an answer nobody knows", () => {
  const events = (["rolled back", "lost"] as const).map((end) =>
    event({ answer: [{}], transaction: { end, over: 7 } }),
  );

  const outcomes = readOperations(events, reading).map(({ outcome }) => outcome);

  expect(outcomes).toEqual([{ kind: "lost" }]);
});

test("an answer of no interest is left out, and a call without an answer never is", () => {
  const silent = { ...reading, output: () => undefined };

  const outcomes = readOperations([event({ answer: [] }), event({})], silent);

  expect(outcomes.map(({ outcome }) => outcome)).toEqual([{ kind: "lost" }]);
});

const reading = {
  input: ({ operation, input }: Event) => (operation === "acquire" ? input : undefined),
  output: ({ answer, sqlstate }: Event) =>
    sqlstate ?? (Array.isArray(answer) ? answer.length : "no rows"),
};

function event(more: Partial<Event>): Event {
  return {
    who: "ann",
    operation: "acquire",
    input: "alpha",
    text: "select acquire('alpha')",
    asked: 1,
    answered: 2,
    answer: undefined,
    outcome: "",
    ...more,
  };
}
