/**
 * Goal: a history is accepted if some order of its operations explains every answer, rejected with the place where every
 * order ends, and left undecided when the budget ends; a model that is not sound judges nothing.
 * Method: Histories written by hand whose verdicts are known, of a register and a lease.
 */
import { describe, expect, test } from "vitest";
import { linearize } from "../../../harness/history/linearize.ts";
import type { Model } from "../../../harness/history/model.ts";
import type { Operation } from "../../../harness/history/operation.ts";
import { lease, type LeaseInput } from "./lease.ts";
import { register, type RegisterInput } from "./register.ts";
import { answered, lost } from "./tell.ts";

type RegisterOperation = Operation<RegisterInput, number>;

const read = { kind: "read" } as const;
const write = (value: number) => ({ kind: "write", value }) as const;
const set = (from: number, to: number) => ({ kind: "compare and set", from, to }) as const;

const ask = (holder: string): LeaseInput => ({ kind: "acquire", holder, seconds: 10 });

function demandRegister(history: readonly RegisterOperation[], kind: string): void {
  expect(linearize(register.model, history).kind).toBe(kind);
}

describe("reads and writes", () => {
  test("a read that overlaps a write may see it or not, and one read may see what a later one does", () => {
    demandRegister(seenDuringWrite(0, 0), "linearizable");
    demandRegister(seenDuringWrite(0, 1), "linearizable");
    demandRegister(seenDuringWrite(1, 1), "linearizable");
    demandRegister(seenDuringWrite(1, 0), "not linearizable");
  });

  test("a read that was asked after the write was answered must see it", () => {
    demandRegister(
      [answered("ann", [0, 1], write(1), 0), answered("ben", [2, 3], read, 0)],
      "not linearizable",
    );
  });

  test("what meets in one instant overlaps", () => {
    demandRegister(
      [answered("ann", [0, 2], write(1), 0), answered("ben", [2, 3], read, 0)],
      "linearizable",
    );
  });

  test("two readers must not see two writes in different orders", () => {
    demandRegister(seenByTwo([0, 1], [0, 1]), "linearizable");
    demandRegister(seenByTwo([1, 2], [1, 2]), "linearizable");
    demandRegister(seenByTwo([1, 2], [2, 1]), "not linearizable");
  });

  test("an update is lost if two set the same value from the same one", () => {
    const first = answered<RegisterInput, number>("ann", [0, 10], set(0, 1), 1);

    demandRegister([first, answered("ben", [0, 10], set(0, 1), 0)], "linearizable");
    demandRegister([first, answered("ben", [0, 10], set(0, 1), 1)], "not linearizable");
  });

  test("an empty history is linearizable", () => {
    demandRegister([], "linearizable");
  });
});

describe("operations whose outcome is lost", () => {
  test("it may have taken effect, at once or later, or never", () => {
    demandRegister(seenAfterLoss(0, 0, 0), "linearizable");
    demandRegister(seenAfterLoss(1, 1, 1), "linearizable");
    demandRegister(seenAfterLoss(0, 0, 1), "linearizable");
    demandRegister(seenAfterLoss(0, 1, 0), "not linearizable");
  });

  test("the order says that it took effect only where an answer needs it", () => {
    const write1 = lost<RegisterInput, number>("ann", 0, write(1));
    const seen = (value: number) => [write1, answered("ben", [1, 2], read, value)];

    expect(linearize(register.model, seen(1))).toMatchObject({ order: seen(1) });
    expect(linearize(register.model, seen(0))).toMatchObject({ order: seen(0).slice(1) });
  });

  test("it cannot have taken effect before it was asked", () => {
    demandRegister(
      [answered("ben", [0, 1], read, 1), lost("ann", 2, write(1))],
      "not linearizable",
    );
  });

  test("it takes effect once", () => {
    demandRegister(
      [
        lost("ann", 0, set(0, 1)),
        answered("ben", [1, 2], read, 1),
        answered("ben", [3, 4], write(0), 0),
        answered("ben", [5, 6], read, 1),
      ],
      "not linearizable",
    );
  });

  test("a lease that nobody was told of may be held until its time has passed", () => {
    expect(linearize(lease.model, askedAgain(10, 2)).kind).toBe("linearizable");
    expect(linearize(lease.model, askedAgain(9, 2)).kind).toBe("not linearizable");
    // Its token is spent as well.
    expect(linearize(lease.model, askedAgain(10, 1)).kind).toBe("not linearizable");
  });
});

describe("what a rejection shows", () => {
  test("the longest order that is allowed, and the answers none of which can follow it", () => {
    const sound = [answered("ann", [0, 1], write(1), 0), answered("ben", [2, 3], read, 1)];
    const stale = [answered("cat", [4, 6], read, 0), answered("dan", [5, 7], read, 2)];
    const later = answered("ann", [10, 11], write(2), 0);

    const verdict = linearize(register.model, [...sound, ...stale, later]);

    expect(verdict).toMatchObject({
      kind: "not linearizable",
      farthest: { order: sound, next: stale },
    });
  });

  test("lost operations stand in it only if they bring it farther", () => {
    const history = [
      lost<RegisterInput, number>("ann", 0, write(1)),
      lost<RegisterInput, number>("ann", 0, write(2)),
      answered("ben", [1, 2], read, 2),
      answered("ben", [3, 4], read, 0),
    ];

    const verdict = linearize(register.model, history);

    expect(verdict).toMatchObject({
      farthest: { order: [history[1], history[2]], next: [history[3]] },
    });
  });
});

describe("parts", () => {
  interface Named {
    readonly name: string;
    readonly about: RegisterInput;
  }
  const registers: Model<number, Named, number> = {
    initial: 0,
    step: (state, { about }, outcome) => register.model.step(state, about, outcome),
    key: String,
    isRead: ({ about }) => about.kind === "read",
    partition: ({ input }) => input.name,
  };
  const of = (name: string, history: readonly RegisterOperation[]) =>
    history.map((each): Operation<Named, number> =>
      Object.assign({}, each, { input: { name, about: each.input } }),
    );

  test("one order is made of those of all parts, and keeps real time", () => {
    const alpha = of("alpha", [
      answered("ann", [0, 9], write(1), 0),
      answered("ben", [10, 11], read, 1),
    ]);
    const beta = of("beta", [
      answered("cat", [1, 2], write(2), 0),
      answered("dan", [3, 20], read, 2),
    ]);

    const verdict = linearize(registers, [...beta, ...alpha]);

    expect(verdict).toMatchObject({
      kind: "linearizable",
      order: [alpha[0], beta[0], beta[1], alpha[1]],
    });
  });

  test("the part that has no order is named", () => {
    const alpha = of("alpha", [answered("ann", [0, 1], write(1), 0)]);
    const beta = of("beta", [answered("ben", [2, 3], read, 1)]);

    const verdict = linearize(registers, [...alpha, ...beta]);

    expect(verdict).toMatchObject({ kind: "not linearizable", partition: "beta" });
  });

  test("a part that takes all of its share hides nothing of the others", () => {
    const hard = of("hard", hardHistory);
    const broken = of("broken", [...reads(20, 0), answered("ben", [2, 3], read, 1)]);
    const budget = { steps: 2000, entries: 100_000 };

    expect(linearize(registers, hard, budget).kind).toBe("unknown");
    expect(linearize(registers, [...hard, ...broken], budget)).toMatchObject({
      kind: "not linearizable",
      partition: "broken",
    });
    expect(linearize(registers, [...hard, ...of("sound", reads(20, 0))], budget)).toMatchObject({
      kind: "unknown",
      undecided: ["hard"],
      partitions: 2,
    });
  });
});

describe("the budget", () => {
  test.each([
    { ended: "steps", budget: { steps: 500, entries: 1e6 }, about: { steps: 500 } },
    { ended: "entries", budget: { steps: 1e6, entries: 50 }, about: { entries: 50 } },
    {
      ended: "time",
      // Looked at every sixty-four steps.
      budget: { steps: 1e6, entries: 1e6, time: { ms: 5, now: ticking() } },
      about: { steps: 5 * 64 },
    },
  ])("when its $ended end, nobody knows", ({ ended, budget, about }) => {
    const verdict = linearize(register.model, hardHistory, budget);

    expect(verdict).toMatchObject({ kind: "unknown", ended, undecided: [""], partitions: 1 });
    const spent = new Map<string, number>(Object.entries(verdict.spent));
    for (const [name, limit] of Object.entries(about))
      expect(Math.abs((spent.get(name) ?? 0) - limit) / limit).toBeLessThan(0.3);
  });

  test("when it suffices, the same history is rejected", () => {
    expect(linearize(register.model, hardHistory).kind).toBe("not linearizable");
  });

  test.each([0, -1, Number.NaN])("one of %s is none", (limit) => {
    expect(() => linearize(register.model, [], { steps: limit, entries: 1 })).toThrow("is none");
    expect(() => linearize(register.model, [], { steps: 1, entries: limit })).toThrow("is none");
  });
});

describe("what is not judged", () => {
  test.each([
    { what: "an answer before its question", asked: 2, end: 1 },
    { what: "a time that is no number", asked: Number.NaN, end: 1 },
    { what: "an answer that never came", asked: 0, end: Infinity },
  ])("$what", ({ asked, end }) => {
    expect(() => linearize(register.model, [answered("ann", [asked, end], read, 0)])).toThrow(
      "the history is not judged",
    );
  });

  const counts = [1, 2].map((value) => answered("ann", [value * 2, value * 2 + 1], "add", value));
  const twoAtOnce = [1, 2, 2].map((value) => answered("ann", [0, 1], "add", value));

  test("a model whose step changes its argument", () => {
    const changing: Model<number[], string, number> = {
      initial: [],
      step: (state, _, outcome) => {
        state.push(1);
        return outcome.kind === "answered" && state.length === outcome.output ? [state] : [];
      },
      key: String,
    };

    expect(() => linearize(changing, counts)).toThrow("changed the state it was given");
  });

  test("a model whose key takes different states for one", () => {
    const counter: Model<number, string, number> = {
      initial: 0,
      step: (state, _, outcome) =>
        outcome.kind === "answered" ? [state + outcome.output] : [state],
      key: (state) => String(Math.min(state, 1)),
    };

    expect(() => linearize(counter, twoAtOnce)).toThrow("stands for two different states");
  });

  test("a model that calls a read what changes something", () => {
    const model = { ...register.model, isRead: () => true };

    expect(() => linearize(model, [answered("ann", [0, 1], write(1), 0)])).toThrow("calls a read");
  });
});

function seenDuringWrite(first: number, second: number): readonly RegisterOperation[] {
  return [
    answered("ann", [0, 10], write(1), 0),
    answered("ben", [1, 3], read, first),
    answered("ben", [4, 6], read, second),
  ];
}

function seenByTwo(
  ben: readonly [number, number],
  cat: readonly [number, number],
): readonly RegisterOperation[] {
  return [
    answered("ann", [0, 20], write(1), 0),
    answered("dan", [0, 20], write(2), 0),
    answered("ben", [1, 2], read, ben[0]),
    answered("ben", [5, 6], read, ben[1]),
    answered("cat", [1, 2], read, cat[0]),
    answered("cat", [5, 6], read, cat[1]),
  ];
}

function seenAfterLoss(...values: readonly number[]): readonly RegisterOperation[] {
  const seen = values.map((value, index) =>
    answered<RegisterInput, number>("ben", [index * 2 + 1, index * 2 + 2], read, value),
  );
  return [lost("ann", 0, write(1)), ...seen];
}

/** Ben asks before and after so many seconds, and is told a token in the end. */
function askedAgain(wait: number, token: number): readonly Operation<LeaseInput, number>[] {
  return [
    lost("ann", 0, ask("ann")),
    answered("ben", [1, 2], ask("ben"), 0),
    answered("clock", [3, 4], { kind: "advance", seconds: wait }, 0),
    answered("ben", [5, 6], ask("ben"), token),
  ];
}

/** Writes that overlap one another in all orders, and a read that none of them explains. */
const hardHistory: readonly RegisterOperation[] = [
  ...Array.from({ length: 10 }, (_, index) =>
    answered<RegisterInput, number>("ann", [0, 10], write(10 + index), 0),
  ),
  answered("ben", [11, 12], read, 1),
];

function reads(count: number, value: number): readonly RegisterOperation[] {
  return Array.from({ length: count }, () => answered("ann", [0, 1], read, value));
}

/** A clock that goes on by one whenever somebody looks. */
function ticking(): () => number {
  let now = 0;
  return () => (now += 1);
}
