import type { Actor } from "../../explore/actor.ts";
import { anyIsolation } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import { answered } from "../answered.ts";
import type { Law } from "../law.ts";
import type { LockBinding } from "./lock-binding.ts";
import { by, demandUntouched, readLeases } from "./lock-calls.ts";
import { enter, leaveExpired, type LockPlay, lockSchedule } from "./lock-scenes.ts";

export const rollback: Law<LockBinding> = {
  id: "lock.rollback",
  claim: "a lease acquired in a transaction that rolls back was never held",
  situations: [
    "a new lease taken back",
    "a lease after an expired one taken back",
    "more time taken back",
    "taken back to a savepoint",
    "a session ended",
  ],
  trial: inOrder(
    lockSchedule("the transaction rolls back", rolledBack, anyIsolation),
    lockSchedule("the transaction goes back to a savepoint", toSavepoint, anyIsolation),
    lockSchedule("the holder's session ends before the commit", sessionEnded),
  ),
};

const names = ["never-held", "expired", "own"];

/** A name that nobody had, one whose lease ran out, and one that ann holds. */
async function prepare(play: LockPlay, ann: Actor): Promise<void> {
  await leaveExpired(play, ann, by("cat", 60, "expired"));
  await ann.asks(play.binding.acquire(by("ann", 600, "own")));
}

async function acquireAll({ binding }: LockPlay, ann: Actor): Promise<void> {
  for (const name of names) await ann.asks(binding.acquire(by("ann", 3600, name)));
}

async function rolledBack(play: LockPlay): Promise<void> {
  const { binding, judge, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  const ben = await enter(play, "ben");
  await prepare(play, ann);
  const before = await readLeases(binding, ben);
  await ann.does("begin");
  await acquireAll(play, ann);
  await ann.does("rollback");
  demandUntouched(judge, before, await readLeases(binding, ben));
  await demandNeverHeld(play, ann, ben);
}

async function toSavepoint(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  const ben = await enter(play, "ben");
  await prepare(play, ann);
  const before = await readLeases(binding, ben);
  await ann.does("begin");
  await ann.does("savepoint here");
  await acquireAll(play, ann);
  await ann.does("rollback to here");
  stage.tally.meet("taken back to a savepoint");
  demandUntouched(judge, before, await readLeases(binding, ann));
  await demandNeverHeld(play, ann, ben);
}

/** To ben, who asks while the session that took them is still there. */
async function demandNeverHeld(play: LockPlay, ann: Actor, ben: Actor): Promise<void> {
  const { binding, judge, stage } = play;
  const met = ["a new lease taken back", "a lease after an expired one taken back"];
  for (const [index, name] of names.slice(0, 2).entries()) {
    stage.tally.meet(met[index] ?? "");
    const call = await ben.starts(binding.acquire(by("ben", 600, name)));
    judge.demandEqual(call.waitsFor, [], `whom ben waits for to get ${name}`);
    judge.demandEqual(answered(await call.answer()), true, `ben's answer for ${name}`);
  }
  stage.tally.meet("more time taken back");
  judge.demandEqual(
    answered(await ann.asks(binding.release(by("ann", 600, "own")))),
    true,
    "ann's answer to release what was ann's before",
  );
}

async function sessionEnded(play: LockPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben");
  await ann.does("begin");
  await ann.asks(binding.acquire(by("ann")));
  const tell = judge.begin("ann", "ends the session without a commit");
  await ann.session[Symbol.asyncDispose]();
  tell("");
  stage.tally.count("faults");
  stage.tally.meet("a session ended");
  const answer = await ben.asks(binding.acquire(by("ben")));
  judge.demandEqual(answered(answer), true, "ben's answer for alpha");
}
