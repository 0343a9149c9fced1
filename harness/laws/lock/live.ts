import type { Actor } from "../../explore/actor.ts";
import { demandSomeOrder, historyJudged } from "../../explore/judge-history.ts";
import { race } from "../../explore/race.ts";
import { anyIsolation } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Answer } from "../../postgres/session.ts";
import { answered, isTrue } from "../answered.ts";
import { gaveUp } from "../gave-up.ts";
import type { Law } from "../law.ts";
import type { LockBinding } from "./lock-binding.ts";
import { holdings, tellHoldings } from "./lock-model.ts";
import { answeredTrue, beginWithSnapshot, by, isExpired, isFree } from "./lock-calls.ts";
import {
  enter,
  leaseOf,
  leaveAboutToEnd,
  leaveExpired,
  letExpire,
  letWait,
  type LockPlay,
  lockSchedule,
} from "./lock-scenes.ts";
import { lockSequences } from "./lock-sequences.ts";
import { lockPairs } from "./lock-programs.ts";

export const live: Law<LockBinding> = {
  id: "lock.live",
  claim:
    "a free or expired name that no open transaction has touched goes to whoever asks; " +
    "with N asking at once exactly one is told true once all have committed",
  situations: [
    "a free name",
    "an expired name",
    "another name in hand",
    "freed behind a snapshot",
    "run out behind an old transaction",
    "many ask at once",
    historyJudged,
  ],
  trial: inOrder(
    lockSchedule("a name that was never held, was given back, ran out", freeNames, anyIsolation),
    lockSchedule("another session has other names in hand", othersInHand, anyIsolation),
    lockSchedule("given back after a snapshot saw it taken", releasedBehindSnapshot, anyIsolation),
    lockSchedule("runs out after a transaction began", expiredBehindTransaction, [
      "read committed",
      "repeatable read",
    ]),
    lockSchedule("three ask for a name that nobody had", (play) => threeAsk(play), anyIsolation),
    lockSchedule("three ask for a name whose lease has run out", (play) => threeAsk(play, "dan")),
    lockSequences((recorder, { before, operation, answer, after }, stage) => {
      if (operation.kind !== "acquire") return;
      const lease = before.leases.get(operation.name);
      if (!isFree(lease)) return;
      const why = lease === undefined ? "nobody holds" : "has run out";
      stage.tally.meet(lease === undefined ? "a free name" : "an expired name");
      recorder.demandEqual(
        answered(answer),
        true,
        `${operation.holder}'s answer for ${operation.name}, which ${why}`,
      );
      const holder = after.leases.get(operation.name)?.holder;
      recorder.demandEqual(holder, operation.holder, `who holds ${operation.name}`);
    }),
    race<LockBinding>({
      title: "all ask for the same name at once",
      callers: { quick: 3, default: 8, thorough: 24 },
      rounds: { quick: 2, default: 16, thorough: 400 },
      async prepare({ binding, database }) {
        const session = await database.lend({ name: "dan", role: "app" });
        for (const name of expiredNames) await session.answer(binding.acquire(by("dan", 60, name)));
        await database.rest(session);
        await database.advance(5000);
      },
      async round({ binding }, caller, round) {
        const name = expiredNames[round] ?? `never-held-${round}`;
        await caller.asks(binding.acquire(by(caller.name, 600, name)), "acquire", name);
      },
      judge(recorder, history, { tally }) {
        for (const [name, events] of Map.groupBy(history, ({ input }) => String(input))) {
          const told = events.filter(({ answer }) => answeredTrue(answer));
          recorder.demandEqual(told.length, 1, `how many of ${events.length} got ${name}`);
        }
        const model = holdings({ refusalsCount: true });
        demandSomeOrder({ recorder, tally }, model, tellHoldings(history));
      },
    }),
    lockPairs({ ann: ["acquire"], other: ["release"] }),
  ),
};

/** Of a race's first rounds; in the others the name is new. */
const expiredNames = ["expired-1", "expired-2"];

async function freeNames(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben", isolation);
  await leaveExpired(play, ann, by("ann", 60, "expired"));
  await ann.asks(binding.acquire(by("ann", 600, "given-back")));
  const givenBack = isTrue(await ann.asks(binding.release(by("ann", 600, "given-back"))));
  for (const name of ["never-held", "given-back", "expired"]) {
    if (name === "given-back" ? !givenBack : !isFree(await leaseOf(play, ann, name))) continue;
    stage.tally.meet(name === "expired" ? "an expired name" : "a free name");
    const answer = await ben.asks(binding.acquire(by("ben", 600, name)));
    demandTaken(play, ben, answer, name);
    if (isTrue(answer))
      judge.demandEqual((await leaseOf(play, ann, name))?.holder, "ben", `who holds ${name}`);
  }
}

/** The open transaction has taken, extended, given back and cleaned up names, but not those that are asked for. */
async function othersInHand(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann");
  const watch = await enter(play, "watch");
  const ben = await enter(play, "ben", isolation);
  for (const name of ["extended", "given-back"])
    await ann.asks(binding.acquire(by("ann", 600, name)));
  await leaveExpired(play, ann, by("cat", 60, "cleaned-up"));
  await ann.does("begin");
  await ann.asks(binding.acquire(by("ann", 600, "taken")));
  await ann.asks(binding.extend(by("ann", 900, "extended")));
  await ann.asks(binding.release(by("ann", 600, "given-back")));
  await ann.asks(binding.cleanup());
  stage.tally.meet("another name in hand");
  const call = await ben.starts(binding.acquire(by("ben")));
  await letWait(play, watch, call);
  judge.demand(call.tookMs() !== undefined, {
    expected: "ben's answer for alpha, which no open transaction has touched: true",
    happened: `ben waits for ${call.waitsFor.join(", ")} and is not answered`,
  });
  demandTaken(play, ben, await call.answer());
}

async function releasedBehindSnapshot(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben", isolation);
  await ann.asks(binding.acquire(by("ann")));
  await beginWithSnapshot(ben, judge, binding);
  if (!isTrue(await ann.asks(binding.release(by("ann"))))) return;
  stage.tally.meet("freed behind a snapshot");
  demandTaken(play, ben, await ben.asks(binding.acquire(by("ben"))));
}

async function expiredBehindTransaction(play: LockPlay): Promise<void | "missed"> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben", isolation);
  await leaveAboutToEnd(play, ann, by("ann"));
  await beginWithSnapshot(ben, judge, binding);
  const lease = await leaseOf(play, ben);
  if (lease === undefined || isExpired(lease)) return "missed";
  await letExpire(play, lease, ann);
  stage.tally.meet("run out behind an old transaction");
  demandTaken(play, ben, await ben.asks(binding.acquire(by("ben"))));
}

/** The first to ask commits while the others wait for it, if they do; exactly one of all has been told true. */
async function threeAsk(play: LockPlay, formerHolder?: string): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  const ben = await enter(play, "ben", isolation);
  const cat = await enter(play, "cat", isolation);
  if (formerHolder !== undefined) await leaveExpired(play, ann, by(formerHolder));
  for (const actor of [ann, ben, cat]) await actor.does("begin");
  const first = await ann.asks(binding.acquire(by("ann")));
  const second = await ben.starts(binding.acquire(by("ben")));
  const third = await cat.starts(binding.acquire(by("cat")));
  await ann.does("commit");
  const answers = [first];
  let waiting = [
    { actor: ben, call: second },
    { actor: cat, call: third },
  ];
  // Whoever is answered commits, since the other may wait for that.
  while (waiting.length > 0) {
    await Promise.race(waiting.map(({ call }) => call.answer()));
    const next = waiting.find(({ call }) => call.tookMs() !== undefined);
    if (next === undefined) break;
    answers.push(await next.call.answer());
    await next.actor.does("commit");
    waiting = waiting.filter((each) => each !== next);
  }
  stage.tally.meet("many ask at once");
  judge.demandEqual(answers.filter(isTrue).length, 1, "how many of three were told true");
}

function demandTaken(
  { judge, isolation }: LockPlay,
  { name: who }: Actor,
  answer: Answer,
  name = "alpha",
): void {
  if (gaveUp(answer, isolation)) return;
  judge.demandEqual(answered(answer), true, `${who}'s answer for ${name}, which is free`);
}
