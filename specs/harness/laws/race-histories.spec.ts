/**
 * Goal: The models of the laws see in a race's history what invariants that count answers and compare what is left do
 * not; and they let pass what is right, also where calls overlap, were rolled back or never answered.
 * Method: Hand-made histories, most of them in a sound form and in one that differs only in time or in what is read in
 * the end.
 */
import { expect, test } from "vitest";
import { Discrepancy } from "../../../harness/explore/discrepancy.ts";
import { demandRising } from "../../../harness/explore/judge-history.ts";
import { createRecorder } from "../../../harness/explore/recorder.ts";
import { createTally } from "../../../harness/explore/stage.ts";
import { tellReading, type ToldOperation } from "../../../harness/explore/told-operation.ts";
import type { Event } from "../../../harness/history/event.ts";
import { linearize } from "../../../harness/history/linearize.ts";
import type { Model } from "../../../harness/history/model.ts";
import { archivedOnce, tellArchiving } from "../../../harness/laws/archive/archive-model.ts";
import {
  holdings,
  removals,
  tellHoldings,
  tellRemovals,
  tellTokens,
} from "../../../harness/laws/lock/lock-model.ts";
import { event as published, keyOf, payload } from "../../../harness/laws/outbox/outbox-calls.ts";
import {
  liveClaims,
  tellClaims,
  tellCompletions,
} from "../../../harness/laws/outbox/claim-model.ts";
import {
  freshEvents,
  sinceLastPublication,
  standing,
  tellMaking,
  tellPublications,
  tellStanding,
} from "../../../harness/laws/outbox/publication-model.ts";
import {
  bothOrNeither,
  firstCalls,
  replayIds,
  tellRecords,
  tellTransactions,
} from "../../../harness/laws/replay/replay-model.ts";

test.for([
  { refusedAt: [2, 3], holds: true },
  { refusedAt: [0, 1], holds: false },
] as const)("a name is refused at $refusedAt while it is taken at 2 to 4", (each) => {
  const history = [
    call("ben", "acquire", each.refusedAt, "alpha", answer(false)),
    call("ann", "acquire", [2, 4], "alpha", answer(true)),
  ];

  expect(hasOrder(holdings({ refusalsCount: true }), tellHoldings(history))).toBe(each.holds);
  expect(hasOrder(holdings({ refusalsCount: false }), tellHoldings(history))).toBe(true);
});

test.for([
  { releasedAt: [3, 6], holds: true },
  { releasedAt: [5, 6], holds: false },
] as const)("a name is taken twice, and released at $releasedAt between", (each) => {
  const history = [
    call("ann", "acquire", [1, 2], "alpha", answer(true)),
    call("ben", "acquire", [3, 4], "alpha", answer(true)),
    call("ann", "release", each.releasedAt, "alpha", answer(true)),
  ];

  expect(hasOrder(holdings({ refusalsCount: false }), tellHoldings(history))).toBe(each.holds);
});

test("a name whose acquire never answered may be held, and may be free", () => {
  const asked = call("ann", "acquire", [1, 2], "alpha", undefined);
  const refused = call("ben", "acquire", [3, 4], "alpha", answer(false));
  const granted = call("ben", "acquire", [3, 4], "alpha", answer(true));

  for (const other of [refused, granted])
    expect(hasOrder(holdings({ refusalsCount: true }), tellHoldings([asked, other]))).toBe(true);
});

test.for([
  { at: [2, 4], holds: true },
  { at: [4, 5], holds: false },
] as const)(
  "of 5 expired leases one clean-up at 1 to 3 leaves 2 to one at $at",
  ({ at, holds }) => {
    const history = [
      call("ann", "cleanup", [1, 3], undefined, answer(3)),
      call("ben", "cleanup", at, undefined, answer(2)),
    ];

    expect(hasOrder(removals(5), tellRemovals(history))).toBe(holds);
  },
);

test.for([
  { toldAt: [2, 5], over: 6, holds: true },
  { toldAt: [0, 1], over: 1, holds: false },
] as const)(
  "an original is told to be replayed at $toldAt, and first recorded at 1 to 4",
  (each) => {
    const history = [
      committed(call("ann", "record", [2, 3], "m-1", told(false, 7)), 4),
      committed(call("ben", "record", each.toldAt, "m-1", told(true, 7)), each.over),
    ];

    expect(hasOrder(firstCalls, tellRecords(history))).toBe(each.holds);
    expect(hasOrder(replayIds, tellRecords(history))).toBe(true);
  },
);

test.for([
  { end: "committed", holds: false },
  { end: "rolled back", holds: true },
  { end: "lost", holds: true },
] as const)("two are told to be the first, the one $end", ({ end, holds }) => {
  const history = [
    ended(call("ann", "record", [1, 2], "m-1", told(false, 7)), { end, over: 3 }),
    committed(call("ben", "record", [4, 5], "m-1", told(false, 8)), 6),
  ];

  expect(hasOrder(firstCalls, tellRecords(history))).toBe(holds);
  expect(hasOrder(replayIds, tellRecords(history))).toBe(holds);
});

test.for([
  { end: "committed", left: 1, holds: true },
  { end: "committed", left: 0, holds: false },
  { end: "rolled back", left: 0, holds: true },
  { end: "rolled back", left: 1, holds: false },
  { end: "lost", left: 0, holds: true },
  { end: "lost", left: 1, holds: true },
] as const)("a transaction that is $end leaves both records and events: $left", (each) => {
  const transaction = { end: each.end, over: 5 };
  const history = [
    ended(call("ann", "record", [1, 2], "m-1", told(false, 7)), transaction),
    ended(call("ann", "publish", [3, 4], "m-1", []), transaction),
  ];
  const left = { records: each.left, events: each.left };
  const reading = tellReading({ kind: "reading", key: "m-1" } as const, left, "counts");

  expect(hasOrder(bothOrNeither, [...tellTransactions(history), reading])).toBe(each.holds);
});

test.for([
  { by: "ann", holds: true },
  { by: "ben", holds: false },
  { by: undefined, holds: false },
])("the row of a letter that ann archives before ben names $by", ({ by, holds }) => {
  const history = [
    committed(call("ann", "archive", [1, 2], "d-1", answer(7)), 3),
    committed(call("ben", "archive", [4, 5], "d-1", answer(7)), 6),
  ];
  const letters = by === undefined ? [] : [letterBy(by)];

  expect(hasOrder(archivedOnce, tellArchiving(history, letters))).toBe(holds);
});

test.for([
  { left: "nothing", letters: [], holds: true },
  { left: "a row", letters: [letterBy("ann")], holds: false },
])("of a letter whose archiver rolled back there is $left", ({ letters, holds }) => {
  const transaction = { end: "rolled back", over: 3 } as const;
  const history = [ended(call("ann", "archive", [1, 2], "d-1", answer(7)), transaction)];

  expect(hasOrder(archivedOnce, tellArchiving(history, letters))).toBe(holds);
});

test.for([
  { secondAt: [2, 4], holds: true },
  { secondAt: [4, 5], holds: false },
] as const)("ann's payload is left at 1 to 3, and ben's was published at $secondAt", (each) => {
  const history = [
    call("ann", "publish", [1, 3], published(1), answer(7)),
    call("ben", "publish", each.secondAt, published(2), answer(7)),
  ];
  const reading = { key, payload: payload(1) };
  const fresh = tellReading(
    { kind: "reading", ...reading } as const,
    [{ id: 7, payload: payload(1) }],
    "",
  );
  const parked = tellReading({ kind: "reading", ...reading, isParked: true } as const, true, "");

  expect(hasOrder(freshEvents, [...tellPublications(history), fresh])).toBe(each.holds);
  expect(hasOrder(standing, [...tellStanding(history), parked])).toBe(each.holds);
});

test("what was over before the last publication of its key has no part in what is left", () => {
  const history = [
    call("ann", "publish", [1, 2], published(1), answer(7)),
    call("ben", "publish", [3, 6], published(2), answer(7)),
    call("cat", "deliver", [3, 4], claimed(7), answer(true)),
    call("ann", "publish", [5, 7], published(3), answer(7)),
    call("dan", "publish", [8, 9], published(4, "beta"), answer(8)),
    call("eve", "publish", [1, 2], published(5), undefined),
  ];

  const left = sinceLastPublication(tellStanding(history)).map(({ input }) => input.payload);

  expect(left).toEqual([payload(2), payload(3), payload(5), payload(4)]);
});

test.for([
  { publishedAt: [1, 2], holds: true },
  { publishedAt: [7, 8], holds: false },
] as const)("a payload that is published at $publishedAt is delivered at 5 to 6", (each) => {
  const history = [
    call("ann", "publish", each.publishedAt, published(1), answer(7)),
    call("ben", "deliver", [5, 6], claimed(7), answer(true)),
  ];
  const newest = { kind: "reading", key, payload: payload(1), isParked: false } as const;
  const reading = tellReading(newest, true, "reads");

  expect(hasOrder(standing, [...tellStanding(history), reading])).toBe(each.holds);
});

test.for([
  { completedAt: [3, 6], told: true, holds: true },
  { completedAt: [5, 6], told: true, holds: false },
  { completedAt: [3, 6], told: false, holds: false },
] as const)("a key is claimed twice, completed at $completedAt between: $told", (each) => {
  const history = [
    call("ann", "claim", [1, 2], undefined, [claimed(7)]),
    call("ben", "claim", [3, 4], undefined, [claimed(7)]),
    call("ann", "complete", each.completedAt, claimed(7), answer(each.told)),
  ];

  expect(hasOrder(liveClaims, tellClaims(history))).toBe(each.holds);
});

test.for([
  { by: "ann", holds: true },
  { by: "ben", holds: false },
])("ann was told a claim, and the table says $by's", ({ by, holds }) => {
  const history = [call("ann", "claim", [1, 2], undefined, [claimed(7)])];
  const claims = [{ eventId: 7, by }];
  const reading = tellReading({ kind: "reading", key, claims } as const, true as const, "reads");

  expect(hasOrder(liveClaims, [...tellClaims(history), reading])).toBe(holds);
});

test.for([
  { toldTo: "ben", id: 8, holds: false },
  { toldTo: "ben", id: 7, holds: true },
])("$toldTo is told $id of a letter whose first archiver never heard of it", ({ id, holds }) => {
  const history = [
    call("ann", "archive", [1, 2], "d-1", undefined),
    call("ben", "archive", [4, 5], "d-1", answer(id)),
  ];

  expect(hasOrder(archivedOnce, tellArchiving(history, [letterBy("ann")]))).toBe(holds);
});

test("two events of one key in one claim are two claims", () => {
  const history = [call("ann", "claim", [1, 2], undefined, [claimed(7), claimed(8)])];

  expect(hasOrder(liveClaims, tellClaims(history))).toBe(false);
});

test.for([
  { greaterAt: [3, 5], holds: true },
  { greaterAt: [1, 2], holds: false },
] as const)("a key's event 8 is published at $greaterAt, and event 7 at 3 to 4", (each) => {
  const history = [
    call("ann", "publish", each.greaterAt, published(1), answer(8)),
    call("ben", "publish", [3, 4], published(1), answer(7)),
    call("cat", "publish", [6, 7], published(1), answer(8)),
    call("dan", "publish", [8, 9], published(1, "beta"), answer(1)),
  ];

  expect(rises(tellMaking(history))).toBe(each.holds);
});

test.for([
  { who: "a key's", other: claimed(7), holds: false },
  { who: "another key's", other: { ...claimed(7), aggregateId: "beta" }, holds: true },
])("event 8 is completed before $who event 7", ({ other, holds }) => {
  const history = [
    call("ann", "complete", [1, 2], claimed(8), answer(true)),
    call("ben", "complete", [3, 4], other, answer(true)),
    call("cat", "complete", [5, 6], claimed(6), answer(false)),
  ];

  expect(rises(tellCompletions(history))).toBe(holds);
});

test.for([
  { token: 5, holds: true },
  { token: 4, holds: false },
  { token: 3, holds: false },
])("a name that had token 4 is taken again with token $token", ({ token, holds }) => {
  const history = [
    ...taking("ann", [1, 2, 3, 4], 4),
    call("ben", "acquire", [2, 3], undefined, answer(false)),
    ...taking("ben", [5, 6, 7, 8], token),
  ];

  expect(rises(tellTokens(history))).toBe(holds);
});

const key = keyOf(published(1));

function claimed(eventId: number) {
  return { ...published(1), eventId, retryCount: 0 };
}

function taking(
  who: string,
  [asked, taken, read, found]: readonly [number, number, number, number],
  token: number,
): readonly Event[] {
  return [
    call(who, "acquire", [asked, taken], undefined, answer(true)),
    call(who, "token", [read, found], undefined, [{ name: "alpha", token }]),
  ];
}

function letterBy(archivedBy: string) {
  return { archiveId: 7, deadLetterId: "d-1", archivedBy };
}

function answer(value: unknown): readonly unknown[] {
  return [{ answer: value }];
}

function told(alreadyReplayed: boolean, replayId: number): readonly unknown[] {
  return [{ alreadyReplayed, replayId }];
}

function call(
  who: string,
  operation: string,
  [asked, answered]: readonly [number, number],
  input: unknown,
  rows: readonly unknown[] | undefined,
): Event {
  return { who, operation, input, text: operation, asked, answered, answer: rows, outcome: "" };
}

function committed(event: Event, over: number): Event {
  return ended(event, { end: "committed", over });
}

function ended(event: Event, transaction: Event["transaction"] & object): Event {
  return { ...event, transaction };
}

function hasOrder<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly ToldOperation<Input, Output>[],
): boolean {
  return linearize(model, history).kind === "linearizable";
}

function rises(history: readonly ToldOperation<string, number>[]): boolean {
  const recorder = createRecorder("a race");
  try {
    demandRising({ recorder, tally: createTally([]) }, history, "the numbers");
  } catch (error) {
    if (error instanceof Discrepancy) return false;
    throw error;
  }
  return true;
}
