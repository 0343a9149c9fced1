import type { Actor } from "../../explore/actor.ts";
import { letClockPass } from "../../explore/let-clock-pass.ts";
import { anyIsolation } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Answer, Isolation } from "../../postgres/session.ts";
import { answered } from "../answered.ts";
import { gaveUp } from "../gave-up.ts";
import type { Law } from "../law.ts";
import type { LeaseCall, LockBinding } from "./lock-binding.ts";
import { by } from "./lock-calls.ts";
import { enter, leaveExpired, type LockPlay, lockSchedule } from "./lock-scenes.ts";

export const bounded: Law<LockBinding> = {
  id: "lock.bounded",
  claim:
    "acquire answers within 100 ms of waiting for others in all, whatever they hold open; " +
    "a name changed by another session's uncommitted transaction counts as taken",
  situations: [
    "a new name in hand",
    "an expired name in hand",
    "a release in hand",
    "a clean-up in hand",
    "the whole table in hand",
    "one wait after the other",
    "asked crosswise",
  ],
  trial: inOrder(
    lockSchedule("names that another session has in hand", namesInHand),
    lockSchedule("another session has the whole table in hand", tableInHand),
    lockSchedule("another session has the whole table in hand, then the name", oneAfterTheOther),
    lockSchedule("two sessions ask for each other's name", crosswise),
  ),
};

/** Noise of the machine makes one play late, not so many one after the other. */
const latePlays = 5;

interface Question {
  readonly actor: Actor;
  readonly isolation: Isolation;
  readonly call: LeaseCall;
}

const inHandNames = ["new", "expired", "released", "cleaned-up"];

async function namesInHand(play: LockPlay): Promise<void | "missed"> {
  const { binding, stage } = play;
  const ann = await enter(play, "ann");
  const watch = await enter(play, "watch");
  await ann.asks(binding.acquire(by("cat", 60, "cleaned-up")));
  await leaveExpired(play, ann, by("cat", 60, "expired"));
  await ann.asks(binding.acquire(by("ann", 600, "released")));
  await ann.does("begin");
  await ann.asks(binding.acquire(by("ann", 600, "new")));
  await ann.asks(binding.acquire(by("ann", 600, "expired")));
  await ann.asks(binding.release(by("ann", 600, "released")));
  await ann.asks(binding.cleanup());
  for (const situation of bounded.situations.slice(0, inHandNames.length))
    stage.tally.meet(situation);
  for (const isolation of anyIsolation) {
    const questions: Question[] = [];
    for (const name of inHandNames) {
      const actor = await enter(play, `ben, ${isolation}`, isolation);
      questions.push({ actor, isolation, call: by("ben", 600, name) });
    }
    if (await demandInTime(play, watch, questions)) return "missed";
  }
}

async function tableInHand(play: LockPlay): Promise<void | "missed"> {
  const { binding, cast, stage } = play;
  const owner = await cast.enter("owner", { role: "deployer" });
  const ben = await enter(play, "ben");
  const watch = await enter(play, "watch");
  await owner.does("begin");
  await owner.does(`lock table ${binding.table} in access exclusive mode`);
  stage.tally.meet("the whole table in hand");
  return demandInTime(play, watch, [{ actor: ben, isolation: "read committed", call: by("ben") }]);
}

/** All at once: each may wait for as long as it is allowed to, and none for another. */
async function demandInTime(
  play: LockPlay,
  watch: Actor,
  questions: readonly Question[],
): Promise<void | "missed"> {
  const asked = questions.map((question) => ask(play, question));
  await settle(play, watch, asked);
  return judgeAnswers(play, asked);
}

function judgeAnswers(play: LockPlay, asked: readonly Asked[]): void | "missed" {
  const { binding, judge, attempt } = play;
  for (const { question, given } of asked) demandAnswered(play, question, given());
  if (asked.every(({ tookMs }) => tookMs() <= binding.waitBudgetMs)) return undefined;
  judge.demand(attempt < latePlays, tooLate(binding, "it took longer, again and again"));
  return "missed";
}

interface Asked {
  readonly question: Question;
  readonly answer: Promise<unknown>;
  readonly given: () => Answer | undefined;
  readonly tookMs: () => number;
}

function ask({ binding }: LockPlay, question: Question): Asked {
  const sent = performance.now();
  let given: Answer | undefined;
  let tookMs = Infinity;
  const answer = async (): Promise<void> => {
    given = await question.actor.asks(binding.acquire(question.call));
    tookMs = performance.now() - sent;
  };
  return { question, answer: answer(), given: () => given, tookMs: () => tookMs };
}

/** Comes back when all have their answers, or when one is so late that it is not only slow. */
async function settle({ binding }: LockPlay, watch: Actor, asked: readonly Asked[]): Promise<void> {
  const all = Promise.all(asked.map(({ answer }) => answer));
  const sent = performance.now();
  while (
    asked.some(({ given }) => given() === undefined) &&
    performance.now() - sent < binding.waitBudgetMs * 10
  )
    await Promise.race([all, letClockPass(watch.session, 0.02)]);
}

function demandAnswered(
  { binding, judge }: LockPlay,
  { isolation }: Question,
  answer: Answer | undefined,
): void {
  if (answer === undefined)
    return judge.demand(
      false,
      tooLate(binding, "it waits for as long as the other session stays as it is"),
    );
  if (gaveUp(answer, isolation)) return;
  judge.demandEqual(answered(answer), false, "the answer for a name that another has in hand");
}

function tooLate({ waitBudgetMs }: LockBinding, happened: string) {
  return { expected: `acquire answers within ${waitBudgetMs} ms`, happened };
}

/** Of the budget, how long the first of two waits lasts: two of more than half of it are too long in all. */
const firstWait = 0.52;

/** Another session has the whole table in hand, gives that back when it was waited for, and still has the name. */
async function oneAfterTheOther(play: LockPlay): Promise<void | "missed"> {
  const { binding, cast, stage } = play;
  const owner = await cast.enter("owner", { role: "deployer" });
  const ben = await enter(play, "ben");
  const watch = await enter(play, "watch");
  const firstWaitMs = binding.waitBudgetMs * firstWait;
  await owner.asks(binding.acquire(by("ann")));
  await owner.does("begin");
  await owner.asks(binding.extend(by("ann", 900)));
  await owner.does("savepoint here");
  await owner.does(`lock table ${binding.table} in access exclusive mode`);
  const asked = ask(play, { actor: ben, isolation: "read committed", call: by("ben") });
  const sent = performance.now();
  await letClockPass(watch.session, firstWaitMs / 1000);
  await owner.does("rollback to here");
  const handedOverMs = performance.now() - sent;
  await settle(play, watch, [asked]);
  if (judgeAnswers(play, [asked]) === "missed") return "missed";
  // Where the machine was slow the first wait lasted until the call gave up, and there was no second one.
  const punctual = firstWaitMs * 1.25;
  if (asked.tookMs() > punctual && handedOverMs > punctual) return "missed";
  stage.tally.meet("one wait after the other");
}

async function crosswise(play: LockPlay): Promise<void | "missed"> {
  const { binding, stage } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben");
  const watch = await enter(play, "watch");
  for (const [actor, name] of [
    [ann, "alpha"],
    [ben, "beta"],
  ] as const) {
    await actor.does("begin");
    await actor.asks(binding.acquire(by(actor.name, 600, name)));
  }
  stage.tally.meet("asked crosswise");
  return demandInTime(play, watch, [
    { actor: ann, isolation: "read committed", call: by("ann", 600, "beta") },
    { actor: ben, isolation: "read committed", call: by("ben", 600, "alpha") },
  ]);
}
