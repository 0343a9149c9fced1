/**
 * Goal: A twin is caught only if its law shows, with every seed and the same way twice, a wrong answer or state, where
 * a seed that nothing asked for is as good as any other; and no other law may break without being named.
 * Method: Trials that answer prepared verdicts, written as a table of law and seed.
 */
import { expect, test } from "vitest";
import { createTally } from "../../../harness/explore/stage.ts";
import type { Trials } from "../../../harness/laws/open-trials.ts";
import type { StoredTwin } from "../../../harness/laws/read-twins.ts";
import { lawsBrokenBeside, tryTwin } from "../../../harness/laws/try-twin.ts";
import type { Verdict, Witness } from "../../../harness/verdict/verdict.ts";

const evidence = createTally([]).evidence(1);
const holds: Verdict = { kind: "holds", evidence };
const notRun: Verdict = { kind: "not-run", reason: "there is no Redis" };

const twin: StoredTwin = {
  path: "lock.live/never-answers.sql",
  law: "lock.live",
  what: "never answers true",
  alsoBreaks: ["lock.fenced", "lock.re*"],
  byPrograms: false,
  break: () => Promise.reject(new Error("not asked for here")),
};

test("what its law shows with every seed is caught", async () => {
  const trials = answering(() => broken());

  expect(await tryTwin(trials, twin, [1, 2, 3])).toEqual({ kind: "caught" });
  expect(trials.asked).toEqual(["lock.live 1", "lock.live 1", "lock.live 2", "lock.live 3"]);
});

test("what is shown the same way twice, and without asking for a seed, is not tried with others", async () => {
  const unasked = answering(() => broken(), { askedForSeed: false });
  const race = answering(() => broken({ repeatable: false }), { askedForSeed: false });

  expect(await tryTwin(unasked, twin, [1, 2, 3])).toEqual({ kind: "caught" });
  expect(unasked.asked).toEqual(["lock.live 1", "lock.live 1"]);
  expect(await tryTwin(race, twin, [1, 2, 3])).toEqual({ kind: "caught" });
  expect(race.asked).toEqual(["lock.live 1", "lock.live 2", "lock.live 3"]);
});

test("a seed with which the law holds is named", async () => {
  const trials = answering((_, seed) => (seed === 2 ? holds : broken()));

  expect(await tryTwin(trials, twin, [1, 2, 3])).toEqual({
    kind: "missed",
    because: expect.stringMatching(
      /^lock\.live\/never-answers\.sql, "never answers true": with seed 2, lock\.live holds in 0 runs/,
    ),
  });
});

test("a law that could not tell has not noticed", async () => {
  const trials = answering(() => ({ kind: "unknown", evidence, reason: "No wait was met." }));

  expect(await tryTwin(trials, twin, [1])).toMatchObject({
    because: expect.stringContaining("with seed 1, lock.live is unknown. No wait was met."),
  });
});

test.for([
  { error: "ann's answer: error 40P01: deadlock detected", kind: "missed" },
  { error: "error 42501", kind: "missed" },
  { error: "the answers: [true, true, error 55P03]", kind: "caught" },
])("of $error the twin is $kind", async ({ error, kind }) => {
  const trials = answering(() => broken({ happened: error }));

  expect((await tryTwin(trials, twin, [1])).kind).toBe(kind);
});

test("for a law about errors an error is enough", async () => {
  const trials = answering(() => broken({ happened: "error 23514" }));

  expect(await tryTwin(trials, { ...twin, law: "lock.input" }, [1])).toEqual({ kind: "caught" });
});

test("a witness without steps shows nothing", async () => {
  const trials = answering(() => broken({ steps: [] }));

  expect(await tryTwin(trials, twin, [1])).toMatchObject({
    because: expect.stringContaining("there are no steps"),
  });
});

test("the same seed must show the same, but for a real race", async () => {
  expect(await tryTwin(unsteady(true), twin, [1])).toMatchObject({
    because: expect.stringMatching(/answer 1[^]*and the same seed again[^]*answer 2/),
  });
  expect(await tryTwin(unsteady(false), twin, [1])).toEqual({ kind: "caught" });
});

test("what the programs must find is caught by a schedule that shows the same again", async () => {
  const schedule = {
    sessions: ["ann", "ben"],
    cause: "ben came in between",
    recorded: { state: "free", program: "two ask", kept: [[0], [0]], steps: [] },
    script: "",
  };
  const found = answering(() => broken({ schedule }));
  const byPrograms = { ...twin, byPrograms: true };

  expect(await tryTwin(found, byPrograms, [1, 2])).toMatchObject({
    because: expect.stringContaining("its schedule, run again, does not show it"),
  });
  const verdict = broken({ schedule });
  if (verdict.kind !== "broken") throw new Error("it is broken");
  const replay = () => Promise.resolve({ kind: "broken" as const, witness: verdict.witness });
  expect(await tryTwin({ ...found, replay }, byPrograms, [1, 2])).toEqual({ kind: "caught" });
});

test("what the programs must find is missed if no schedule shows it", async () => {
  const trials = answering(() => broken());

  expect(await tryTwin(trials, { ...twin, byPrograms: true }, [1])).toMatchObject({
    because: expect.stringContaining("by its programs alone, it is no schedule that shows it"),
  });
});

test("without the server that its law needs it is not tried", async () => {
  expect(
    await tryTwin(
      answering(() => notRun),
      twin,
      [1],
    ),
  ).toEqual(notRun);
});

test("laws that are not named must hold, at quick effort", async () => {
  const trials = answering((law) => (law === "lock.input" ? notRun : broken()));

  const laws = trials.laws.map(({ id }) => id);
  const told = await lawsBrokenBeside(trials, twin, { laws, seed: 7 });

  expect(trials.asked).toEqual(["lock.exclusive 7", "lock.input 7"]);
  expect(told).toEqual([
    expect.stringMatching(
      /^lock\.live\/never-answers\.sql, "never answers true", does not name what else it breaks: broken is lock\.exclusive\n/,
    ),
  ]);
});

/** A law that shows something else each time. */
function unsteady(repeatable: boolean): Trials {
  let times = 0;
  return answering(() => broken({ happened: `answer ${(times += 1)}`, repeatable }));
}

function answering(
  answer: (law: string, seed: number) => Verdict,
  { askedForSeed } = { askedForSeed: true },
): Trials & { asked: string[] } {
  const laws = ["lock.exclusive", "lock.live", "lock.fenced", "lock.reentrant", "lock.input"].map(
    (id) => ({ id, claim: `${id} is right` }),
  );
  const asked: string[] = [];
  return {
    laws,
    asked,
    try(lawId, { seed }) {
      asked.push(`${lawId} ${seed}`);
      return Promise.resolve({
        law: { id: lawId, claim: `${lawId} is right` },
        verdict: answer(lawId, seed),
        askedForSeed,
      });
    },
    replay: () => Promise.resolve(undefined),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function broken(changed: Partial<Witness> = {}): Verdict {
  const witness: Witness = {
    trial: "two ask",
    expected: "ann's answer: true",
    happened: "ann's answer: false",
    steps: [{ who: "ann", does: "asks", answer: "false" }],
    repeatable: true,
    ...changed,
  };
  return { kind: "broken", evidence, witness };
}
