import type { Actor } from "../../explore/actor.ts";
import { demandSomeOrder, historyJudged } from "../../explore/judge-history.ts";
import { within } from "../../programs/plan-programs.ts";
import { tellReading } from "../../explore/told-operation.ts";
import { race } from "../../explore/race.ts";
import { anyIsolation } from "../../explore/schedule.ts";
import type { Stage } from "../../explore/stage.ts";
import { inOrder } from "../../explore/trial.ts";
import { answered } from "../answered.ts";
import { gaveUp } from "../gave-up.ts";
import type { Law } from "../law.ts";
import type { LockBinding } from "./lock-binding.ts";
import { removals, tellRemovals } from "./lock-model.ts";
import {
  beginWithSnapshot,
  by,
  demandUntouched,
  isExpired,
  isLive,
  readLeases,
} from "./lock-calls.ts";
import {
  enter,
  leaveExpired,
  type LockPlay,
  lockSchedule,
  runOutBehindTransaction,
} from "./lock-scenes.ts";
import { lockSequences } from "./lock-sequences.ts";
import { acquired, acts, lockPairs, lockStories, longSeconds } from "./lock-programs.ts";

export const cleanup: Law<LockBinding> = {
  id: "lock.cleanup",
  claim: "cleanup removes expired leases only, says how many, never waits and never deadlocks",
  situations: [
    "expired and live leases",
    "expired leases in hand",
    "the whole table in hand",
    "renewed behind a snapshot",
    "run out behind an old transaction",
    "many clean up at once",
    historyJudged,
  ],
  trial: inOrder(
    lockSchedule("some leases have run out", someExpired, anyIsolation),
    lockSchedule("others have expired and live leases in hand", inHand, anyIsolation),
    lockSchedule("another session has the whole table in hand", tableInHand),
    lockSchedule("renewed after a snapshot saw it run out", renewedBehindSnapshot, anyIsolation),
    lockSchedule("runs out after a transaction began", expiredBehindTransaction, [
      "read committed",
      "repeatable read",
    ]),
    lockSequences((recorder, { before, operation, answer, after }) => {
      if (operation.kind !== "cleanup") return;
      const expired = [...before.leases.values()].filter(isExpired);
      recorder.demandEqual(answered(answer), expired.length, "how many were removed");
      const kept = new Map([...before.leases].filter(([, lease]) => !isExpired(lease)));
      demandUntouched(recorder, kept, after.leases);
    }),
    race<LockBinding>({
      title: "many clean up at once",
      callers: { quick: 3, default: 6, thorough: 16 },
      rounds: { quick: 2, default: 4, thorough: 50 },
      prepare: manyExpired,
      async round({ binding }, caller) {
        await caller.asks(binding.cleanup(), "cleanup");
      },
      async judge(recorder, history, { binding, database, tally }) {
        tally.meet("many clean up at once");
        const refused = history.find(({ sqlstate }) => sqlstate !== undefined);
        recorder.demand(refused === undefined, {
          expected: "cleanup answers",
          happened: refused?.outcome ?? "",
        });
        const counts = history.map(({ answer }) => Number(answeredIn(answer)));
        const removed = counts.reduce((sum, count) => sum + count, 0);
        recorder.demandEqual(removed, manyNames.length, "how many were removed by all together");
        const session = await database.lend({ name: "reader", role: "app" });
        const left = [...(await readLeases(binding, { session })).keys()];
        await database.rest(session);
        recorder.demandEqual(left, ["live"], "the leases that are left");
        const nothing = tellReading({ alone: true }, 0, "looks for expired leases");
        const told = [...tellRemovals(history), nothing];
        demandSomeOrder({ recorder, tally }, removals(manyNames.length), told);
      },
    }),
    lockPairs(
      ...(["acquire", "extend", "release", "cleanup"] as const).map((verb) => ({
        ann: [verb],
        other: ["cleanup"] as const,
      })),
    ),
    lockStories({
      title: "ann cleans up beside ben, who acquires one of two names and cleans up",
      state: acquired(
        "the leases of two names have run out",
        [by("cat", 60), by("cat", 60, "beta")],
        longSeconds,
      ),
      sessions: (binding) => [
        {
          name: "ben",
          acts: within(
            [acts.acquire(binding, by("ben", 600, "beta")), acts.cleanup(binding)],
            "commit",
          ),
        },
        { name: "ann", acts: [acts.cleanup(binding)] },
      ],
      preemptions: 1,
    }),
  ),
};

const manyNames = Array.from({ length: 40 }, (_, index) => `expired-${index}`);

async function manyExpired({ binding, database }: Stage<LockBinding>): Promise<void> {
  const session = await database.lend({ name: "ann", role: "app" });
  for (const name of manyNames) await session.answer(binding.acquire(by("ann", 60, name)));
  await session.answer(binding.acquire(by("ann", 36_000, "live")));
  await database.rest(session);
  await database.advance(5000);
}

function answeredIn(rows: unknown): unknown {
  return answered({ kind: "rows", rows: Array.isArray(rows) ? rows : [] });
}

async function someExpired(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  await ann.asks(binding.acquire(by("ann", 3600, "live")));
  await ann.asks(binding.acquire(by("ann", 60, "expired")));
  await leaveExpired(play, ann, by("ben"));
  const before = await readLeases(binding, ann);
  if (!isLive(before.get("live")) || !isExpired(before.get("alpha"))) return;
  stage.tally.meet("expired and live leases");
  await demandRemoved(play, ann, 2);
  demandUntouched(
    judge,
    new Map([...before].filter(([name]) => name === "live")),
    await readLeases(binding, ann),
  );
  await demandRemoved(play, ann, 0);
}

/** What others have in hand is theirs: it stays, is not counted and is not waited for. */
async function inHand(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann");
  const cat = await enter(play, "cat");
  const ben = await enter(play, "ben", isolation);
  await ann.asks(binding.acquire(by("ann", 3600, "extended")));
  for (const name of ["removed", "renewed"]) await ann.asks(binding.acquire(by("ann", 60, name)));
  await leaveExpired(play, ann, by("ann"));
  await ann.does("begin");
  await ann.asks(binding.acquire(by("cat", 600, "renewed")));
  await ann.asks(binding.extend(by("ann", 7200, "extended")));
  await cat.does("begin");
  await cat.asks(binding.acquire(by("cat")));
  stage.tally.meet("expired leases in hand");
  await demandRemoved(play, ben, 1);
  await ann.does("commit");
  await cat.does("rollback");
  const left = await readLeases(binding, ann);
  judge.demandEqual([...left.keys()], ["alpha", "extended", "renewed"], "the leases that are left");
}

async function tableInHand(play: LockPlay): Promise<void> {
  const { binding, cast, stage } = play;
  const owner = await cast.enter("owner", { role: "deployer" });
  const ben = await enter(play, "ben");
  await leaveExpired(play, ben, by("ann"));
  await owner.does("begin");
  await owner.does(`lock table ${binding.table} in access exclusive mode`);
  stage.tally.meet("the whole table in hand");
  await demandRemoved(play, ben, 0);
  await owner.does("rollback");
  await demandRemoved(play, ben, 1);
}

async function demandRemoved(
  { binding, judge, isolation }: LockPlay,
  actor: Actor,
  howMany: number,
): Promise<void> {
  const call = await actor.starts(binding.cleanup());
  judge.demandEqual(call.waitsFor, [], "whom cleanup waits for");
  const answer = await call.answer();
  if (!gaveUp(answer, isolation))
    judge.demandEqual(answered(answer), howMany, "how many cleanup removed");
}

async function renewedBehindSnapshot(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben", isolation);
  await leaveExpired(play, ann, by("cat"));
  await beginWithSnapshot(ben, judge, binding);
  await ann.asks(binding.acquire(by("ann")));
  const before = await readLeases(binding, ann);
  await demandRemoved(play, ben, 0);
  await ben.does("commit");
  stage.tally.meet("renewed behind a snapshot");
  demandUntouched(judge, before, await readLeases(binding, ann));
}

async function expiredBehindTransaction(play: LockPlay): Promise<void | "missed"> {
  const ann = await runOutBehindTransaction(play);
  if (ann === undefined) return "missed";
  play.stage.tally.meet("run out behind an old transaction");
  await demandRemoved(play, ann, 1);
}
