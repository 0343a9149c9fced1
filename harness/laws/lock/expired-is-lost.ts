import { anyIsolation } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Answer } from "../../postgres/session.ts";
import { answered } from "../answered.ts";
import { gaveUp } from "../gave-up.ts";
import type { Law } from "../law.ts";
import type { LockBinding } from "./lock-binding.ts";
import { by, isExpired, isLive } from "./lock-calls.ts";
import {
  enter,
  leaseOf,
  leaveAboutToEnd,
  leaveExpired,
  letExpire,
  type LockPlay,
  lockSchedule,
  runOutBehindTransaction,
} from "./lock-scenes.ts";
import { lockSequences } from "./lock-sequences.ts";

const verbs = ["extend", "release"] as const;
type Verb = (typeof verbs)[number];

export const expiredIsLost: Law<LockBinding> = {
  id: "lock.expired-is-lost",
  claim:
    "extend and release of an expired lease answer false, also when it expired while they waited",
  situations: ["expired", "expired during a transaction", "expired during a wait"],
  trial: inOrder(
    lockSchedule("the lease has run out", expired, anyIsolation),
    lockSchedule("the lease runs out after its holder began a transaction", duringTransaction, [
      "read committed",
      "repeatable read",
    ]),
    ...verbs.map((verb) =>
      lockSchedule(`the lease runs out while its holder waits to ${verb} it`, (play) =>
        duringWait(play, verb),
      ),
    ),
    lockSequences((recorder, { before, operation, answer, after }, stage) => {
      if (operation.kind !== "release" && operation.kind !== "extend") return;
      const lease = before.leases.get(operation.name);
      if (!isExpired(lease) || lease.holder !== operation.holder) return;
      stage.tally.meet("expired");
      recorder.demandEqual(
        answered(answer),
        false,
        `${lease.holder}'s answer to ${operation.kind} a lease that has run out`,
      );
      recorder.demand(!isLive(after.leases.get(lease.name)), revived);
    }),
  ),
};

const revived = { expected: "a lease that has run out stays so", happened: "it is live again" };

async function expired(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  await leaveExpired(play, ann, by("ann"));
  for (const verb of verbs) {
    if (!isExpired(await leaseOf(play, ann))) return;
    const answer = await ann.asks(binding[verb](by("ann")));
    stage.tally.meet("expired");
    demandLost(play, verb, answer);
    judge.demand(!isLive(await leaseOf(play, ann)), revived);
  }
}

async function duringTransaction(play: LockPlay): Promise<void | "missed"> {
  const { binding, stage, isolation } = play;
  const ann = await runOutBehindTransaction(play);
  if (ann === undefined) return "missed";
  stage.tally.meet("expired during a transaction");
  for (const verb of verbs) {
    await ann.does("savepoint here");
    const answer = await ann.asks(binding[verb](by("ann")));
    if (!gaveUp(answer, isolation)) demandLost(play, verb, answer);
    await ann.does("rollback to here");
  }
}

/** Another session of the holder has the lease in hand until it has run out, and takes back what it did. */
async function duringWait(play: LockPlay, verb: Verb): Promise<void | "missed"> {
  const { binding, judge, stage } = play;
  const first = await enter(play, "ann-1");
  const second = await enter(play, "ann-2");
  const watch = await enter(play, "watch");
  await leaveAboutToEnd(play, first, by("ann"));
  await first.does("begin");
  await first.asks(binding.extend(by("ann")));
  const waiting = await second.starts(binding[verb](by("ann")));
  const atStart = await leaseOf(play, watch);
  if (atStart === undefined || isExpired(atStart)) return "missed";
  await letExpire(play, atStart, watch);
  await first.does("rollback");
  const answer = await waiting.answer();
  stage.tally.meet("expired during a wait");
  if (waiting.waitsFor.length === 0) {
    stage.tally.note(`${verb} does not wait for a transaction that has the lease in hand`);
    return;
  }
  demandLost(play, verb, answer);
  judge.demand(!isLive(await leaseOf(play, first)), revived);
}

function demandLost({ judge }: LockPlay, verb: Verb, answer: Answer): void {
  judge.demandEqual(answered(answer), false, `ann's answer to ${verb} a lease that has run out`);
}
