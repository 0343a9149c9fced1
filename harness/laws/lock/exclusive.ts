import type { Actor } from "../../explore/actor.ts";
import { demandSomeOrder, historyJudged } from "../../explore/judge-history.ts";
import { race } from "../../explore/race.ts";
import { anyIsolation } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Event } from "../../history/event.ts";
import { isTrue } from "../answered.ts";
import type { Law } from "../law.ts";
import type { LockBinding } from "./lock-binding.ts";
import { holdings, tellHoldings } from "./lock-model.ts";
import { answeredTrue, beginWithSnapshot, by, isLive } from "./lock-calls.ts";
import {
  askWhileInHand,
  enter,
  leaveExpired,
  type LockPlay,
  lockSchedule,
  passTime,
} from "./lock-scenes.ts";
import { lockPairs } from "./lock-programs.ts";
import { lockSequences } from "./lock-sequences.ts";

export const exclusive: Law<LockBinding> = {
  id: "lock.exclusive",
  claim: "no two holders ever hold an unexpired lease on one name, in any schedule, any isolation",
  situations: [
    "a live holder",
    "two ask at once",
    "an old snapshot",
    "a release in hand",
    historyJudged,
  ],
  trial: inOrder(
    lockSchedule("a name that somebody holds", liveHolder, anyIsolation),
    lockSchedule("two ask for a name that nobody had", (play) => twoAsk(play), anyIsolation),
    lockSchedule(
      "two ask for a name whose lease has run out",
      (play) => twoAsk(play, "cat"),
      anyIsolation,
    ),
    lockSchedule("two ask for a name that was one's own", (play) => twoAsk(play, "ben")),
    lockSchedule(
      "taken after a snapshot saw it free",
      (play) => behindSnapshot(play),
      anyIsolation,
    ),
    lockSchedule(
      "taken after a snapshot saw it run out",
      (play) => behindSnapshot(play, "cat"),
      anyIsolation,
    ),
    lockSchedule("taken after a snapshot saw it one's own", ownBehindSnapshot, anyIsolation),
    lockSchedule("a release that is taken back", releaseTakenBack, anyIsolation),
    lockSequences((recorder, { before, operation, answer }, stage) => {
      if (operation.kind !== "acquire") return;
      const lease = before.leases.get(operation.name);
      if (!isLive(lease) || lease.holder === operation.holder) return;
      stage.tally.meet("a live holder");
      recorder.demand(!isTrue(answer), {
        expected: `one holder of ${lease.name}`,
        happened: `${operation.holder} was told true while ${lease.holder} holds ${lease.name}`,
      });
    }),
    race<LockBinding>({
      title: "many ask, hold and release",
      callers: { quick: 3, default: 8, thorough: 16 },
      rounds: { quick: 2, default: 20, thorough: 600 },
      async round({ binding }, caller) {
        const call = by(caller.name, 600, caller.random.pick(["alpha", "beta"]));
        const answer = await caller.asks(binding.acquire(call), "acquire", call.name);
        if (!isTrue(answer)) return;
        await caller.session.all(binding.leases());
        await caller.asks(binding.release(call), "release", call.name);
      },
      judge(recorder, history, { tally }) {
        const found = overlaps(history);
        recorder.demand(found.length === 0, {
          expected: "one holder at a time",
          happened: found.slice(0, 3).join("; "),
        });
        const model = holdings({ refusalsCount: false });
        demandSomeOrder({ recorder, tally }, model, tellHoldings(history));
      },
    }),
    lockPairs({ ann: ["acquire"], other: ["acquire"] }),
  ),
};

const twoHolders = {
  expected: "one holder of alpha",
  happened: "ben was told true while ann holds alpha",
};

async function liveHolder(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  const ben = await enter(play, "ben", isolation);
  if (!isTrue(await ann.asks(binding.acquire(by("ann", 60))))) return;
  stage.tally.meet("a live holder");
  judge.demand(!isTrue(await ben.asks(binding.acquire(by("ben")))), twoHolders);
  await passTime(play, 50);
  judge.demand(!isTrue(await ben.asks(binding.acquire(by("ben")))), twoHolders);
}

/** The second asks while the first has not committed; then the first commits. */
async function twoAsk(play: LockPlay, formerHolder?: string): Promise<void | "missed"> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  const ben = await enter(play, "ben", isolation);
  if (formerHolder !== undefined) await leaveExpired(play, ann, by(formerHolder));
  await ann.does("begin");
  const first = await ann.asks(binding.acquire(by("ann")));
  await ben.does("begin");
  const { call, inTime } = await askWhileInHand(play, ben, binding.acquire(by("ben")), {
    actor: ann,
    end: "commit",
  });
  const second = await call.answer();
  const committed = await ben.does("commit");
  if (!isTrue(first)) return;
  judge.demand(!isTrue(second) || committed.kind === "error", twoHolders);
  if (!inTime) return "missed";
  stage.tally.meet("two ask at once");
}

/** The first takes the name after the second's transaction looked at it. */
async function behindSnapshot(play: LockPlay, formerHolder?: string): Promise<void> {
  const { binding, isolation } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben", isolation);
  if (formerHolder !== undefined) await leaveExpired(play, ann, by(formerHolder));
  await beginWithSnapshot(ben, play.judge, binding);
  if (!isTrue(await ann.asks(binding.acquire(by("ann"))))) return;
  await demandRefused(play, ben);
}

/** The second's transaction has seen the name held in its own name; since then it went to the first. */
async function ownBehindSnapshot(play: LockPlay): Promise<void> {
  const { binding, isolation } = play;
  const other = await enter(play, "other");
  const ben = await enter(play, "ben", isolation);
  await other.asks(binding.acquire(by("ben")));
  await beginWithSnapshot(ben, play.judge, binding);
  await other.asks(binding.release(by("ben")));
  if (!isTrue(await other.asks(binding.acquire(by("ann"))))) return;
  await demandRefused(play, ben);
}

async function demandRefused({ binding, judge, stage }: LockPlay, ben: Actor): Promise<void> {
  const answer = await ben.asks(binding.acquire(by("ben")));
  const committed = await ben.does("commit");
  stage.tally.meet("an old snapshot");
  judge.demand(!isTrue(answer) || committed.kind === "error", twoHolders);
}

async function releaseTakenBack(play: LockPlay): Promise<void | "missed"> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben", isolation);
  if (!isTrue(await ann.asks(binding.acquire(by("ann"))))) return;
  await ann.does("begin");
  await ann.asks(binding.release(by("ann")));
  const { call, inTime } = await askWhileInHand(play, ben, binding.acquire(by("ben")), {
    actor: ann,
    end: "rollback",
  });
  judge.demand(!isTrue(await call.answer()), twoHolders);
  if (!inTime) return "missed";
  stage.tally.meet("a release in hand");
}

/** A holder has a name from the moment it was told so until it asks for the release. */
function overlaps(history: readonly Event[]): string[] {
  const endOf = (who: string, since: number): number =>
    history.find(
      (event) => event.operation === "release" && event.who === who && event.asked >= since,
    )?.asked ?? Infinity;
  const holds = history
    .filter(({ operation, answer }) => operation === "acquire" && answeredTrue(answer))
    .map(({ who, input, answered }) => ({ who, input, answered, until: endOf(who, answered) }))
    .toSorted((one, other) => one.answered - other.answered);
  return holds.flatMap((hold, index) =>
    holds
      .slice(index + 1)
      .filter((later) => later.input === hold.input && later.answered < hold.until)
      .map((later) => `${later.who} was told true while ${hold.who} holds ${String(hold.input)}`),
  );
}
