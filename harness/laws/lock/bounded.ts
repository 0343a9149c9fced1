import type { Actor, Call } from "../../explore/actor.ts";
import { letClockPass } from "../../explore/let-clock-pass.ts";
import { anyIsolation } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Answer, Isolation } from "../../postgres/session.ts";
import { gaveUp } from "../gave-up.ts";
import type { Law } from "../law.ts";
import type { LeaseCall, LockBinding } from "./lock-binding.ts";
import { answered, by } from "./lock-calls.ts";
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
    "handed on in a queue",
    "asked crosswise",
  ],
  trial: inOrder(
    lockSchedule("names that another session has in hand", namesInHand),
    lockSchedule("another session has the whole table in hand", tableInHand),
    lockSchedule("the name is handed on to one who waited longer", handedOn),
    lockSchedule("two sessions ask for each other's name", crosswise),
  ),
};

/** Noise of the machine makes one answer late, not the best of this many. */
const tries = 5;

interface Question {
  readonly actor: Actor;
  readonly isolation: Isolation;
  readonly call: LeaseCall;
}

const inHandNames = ["new", "expired", "released", "cleaned-up"];

async function namesInHand(play: LockPlay): Promise<void> {
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
  const questions: Question[] = [];
  for (const name of inHandNames)
    for (const isolation of anyIsolation)
      questions.push({
        actor: await enter(play, `ben, ${isolation}`, isolation),
        isolation,
        call: by("ben", 600, name),
      });
  await demandInTime(play, watch, questions);
  for (const situation of bounded.situations.slice(0, inHandNames.length))
    stage.tally.meet(situation);
}

async function tableInHand(play: LockPlay): Promise<void> {
  const { binding, cast, stage } = play;
  const owner = await cast.enter("owner", { role: "deployer" });
  const ben = await enter(play, "ben");
  const watch = await enter(play, "watch");
  await owner.does("begin");
  await owner.does(`lock table ${binding.table} in access exclusive mode`);
  stage.tally.meet("the whole table in hand");
  await demandInTime(play, watch, [{ actor: ben, isolation: "read committed", call: by("ben") }]);
}

/** All at once, and those that were late again: each may wait for as long as it is allowed to. */
async function demandInTime(
  play: LockPlay,
  watch: Actor,
  questions: readonly Question[],
): Promise<void> {
  const { binding, judge } = play;
  let late = questions;
  for (let left = tries; left > 0 && late.length > 0; left -= 1) {
    const asked = late.map((question) => ask(play, question));
    await settle(play, watch, asked);
    for (const { question, given } of asked) demandAnswered(play, question, given());
    late = asked
      .filter(({ tookMs }) => tookMs() > binding.waitBudgetMs)
      .map(({ question }) => question);
  }
  judge.demand(late.length === 0, tooLate(binding, `${tries} times it took longer`));
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

/** Sessions of the holder that extend in open transactions, one behind the other. */
const queueLength = 5;
/** Of the budget, how long each has the name in hand. A wait that begins anew with each of them never ends. */
const turn = 0.4;

async function handedOn(play: LockPlay): Promise<void | "missed"> {
  const { binding, judge, stage } = play;
  const ben = await enter(play, "ben");
  const queue: Actor[] = [];
  for (let index = 1; index <= queueLength; index += 1)
    queue.push(await enter(play, `ann-${index}`));
  await queue[0]?.asks(binding.acquire(by("ann")));
  for (let left = tries; left > 0; left -= 1) {
    const tookMs = await handOn(play, ben, queue);
    if (tookMs === "missed") return "missed";
    stage.tally.meet("handed on in a queue");
    if (tookMs <= binding.waitBudgetMs) return;
  }
  judge.demand(
    false,
    tooLate(binding, "it begins to wait anew each time the name is handed on to another session"),
  );
}

/** How long ben's answer took while the queue moved on, milliseconds; `missed` if it moved on too late to tell. */
async function handOn(
  play: LockPlay,
  ben: Actor,
  queue: readonly Actor[],
): Promise<number | "missed"> {
  const { binding } = play;
  const turnMs = binding.waitBudgetMs * turn;
  let waiting: { actor: Actor; call: Call<unknown> }[] = [];
  for (const [index, actor] of queue.entries()) {
    await actor.does("begin");
    waiting.push({ actor, call: await actor.starts(binding.extend(by("ann", 900 + index))) });
  }
  const sent = performance.now();
  const call = await ben.starts(binding.acquire(by("ben")));
  let handedOnMs = 0;
  while (waiting.length > 0) {
    await Promise.race(waiting.map((each) => each.call.answer()));
    const first = waiting.find((each) => each.call.tookMs() !== undefined);
    if (first === undefined) break;
    waiting = waiting.filter((each) => each !== first);
    const due = (queue.length - waiting.length) * turnMs - (performance.now() - sent);
    if (call.tookMs() === undefined) await letClockPass(first.actor.session, due / 1000);
    if (call.tookMs() === undefined) handedOnMs = performance.now() - sent;
    await first.actor.does("commit");
  }
  await call.answer();
  const tookMs = call.tookMs() ?? Infinity;
  const isTooSoonToTell = tookMs <= binding.waitBudgetMs && tookMs - handedOnMs > turnMs * 1.25;
  return isTooSoonToTell ? "missed" : tookMs;
}

async function crosswise(play: LockPlay): Promise<void> {
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
  await demandInTime(play, watch, [
    { actor: ann, isolation: "read committed", call: by("ann", 600, "beta") },
    { actor: ben, isolation: "read committed", call: by("ben", 600, "alpha") },
  ]);
}
