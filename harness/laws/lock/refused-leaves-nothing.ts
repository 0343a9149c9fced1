import type { Actor } from "../../explore/actor.ts";
import { anyIsolation } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import { plainText, type Query } from "../../postgres/query.ts";
import { answered } from "../answered.ts";
import { gaveUp } from "../gave-up.ts";
import type { Law } from "../law.ts";
import type { LockBinding } from "./lock-binding.ts";
import { by } from "./lock-calls.ts";
import { enter, leaveExpired, letWait, type LockPlay, lockSchedule } from "./lock-scenes.ts";

export const refusedLeavesNothing: Law<LockBinding> = {
  id: "lock.refused-leaves-nothing",
  claim:
    "a refusal leaves no lock of any kind: an open transaction with only refusals in it delays and refuses nobody",
  situations: ["a stranger refused", "a former holder refused", "refused a name in hand"],
  trial: inOrder(
    lockSchedule("refused what another holds", strangerRefused, anyIsolation),
    lockSchedule("refused what has run out", formerHolderRefused, anyIsolation),
    lockSchedule("refused what another session has in hand", inHandRefused),
  ),
};

async function strangerRefused(play: LockPlay): Promise<void> {
  const { binding, cast, stage, isolation } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben", isolation);
  const owner = await cast.enter("owner", { role: "deployer" });
  await ann.asks(binding.acquire(by("ann")));
  await ben.does("begin");
  await demandRefused(play, ben, binding.acquire(by("ben")));
  await demandUndelayed(play, ann, binding.extend(by("ann", 650)));
  await demandTableFree(play, owner);
  await demandRefused(play, ben, binding.extend(by("ben")));
  await demandRefused(play, ben, binding.release(by("ben")));
  await demandRefused(play, ben, binding.release(by("ben", 600, "never-held")));
  stage.tally.meet("a stranger refused");

  await demandUndelayed(play, ann, binding.acquire(by("ann", 700)));
  await demandUndelayed(play, ann, binding.extend(by("ann", 900)));
  await demandUndelayed(play, ann, binding.release(by("ann")));
  await demandUndelayed(play, ann, binding.acquire(by("ann", 600, "never-held")));
}

async function formerHolderRefused(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben", isolation);
  for (const name of ["alpha", "beta"]) await ann.asks(binding.acquire(by("ben", 60, name)));
  await leaveExpired(play, ann, by("ben", 60, "gamma"));
  await ben.does("begin");
  for (const name of ["alpha", "beta", "gamma"]) {
    await demandRefused(play, ben, binding.extend(by("ben", 600, name)));
    await demandRefused(play, ben, binding.release(by("ben", 600, name)));
  }
  stage.tally.meet("a former holder refused");

  await demandUndelayed(play, ann, binding.acquire(by("ann")));
  const cleaned = await ann.asks(binding.cleanup());
  judge.demandEqual(answered(cleaned), 2, "how many expired leases cleanup removes");
}

/** The one that had the name in hand gives it back, while the one that was refused stays in its transaction. */
async function inHandRefused(play: LockPlay): Promise<void> {
  const { binding, cast, judge, stage } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben");
  const watch = await enter(play, "watch");
  const cat = await enter(play, "cat");
  const owner = await cast.enter("owner", { role: "deployer" });
  await leaveExpired(play, ann, by("dan", 60, "expired"));
  await ann.does("begin");
  for (const name of ["alpha", "expired"]) await ann.asks(binding.acquire(by("ann", 600, name)));
  await ben.does("begin");
  stage.tally.meet("refused a name in hand");
  for (const name of ["alpha", "expired"]) {
    const call = await ben.starts(binding.acquire(by("ben", 600, name)));
    await letWait(play, watch, call);
    // One that waits without end is no refusal.
    if (call.tookMs() === undefined) return;
    judge.demandEqual(answered(await call.answer()), false, "ben's answer");
  }
  await ann.does("rollback");

  for (const name of ["alpha", "expired"])
    await demandUndelayed(play, cat, binding.acquire(by("cat", 600, name)));
  await demandTableFree(play, owner);
}

async function demandRefused(
  { judge, isolation }: LockPlay,
  actor: Actor,
  question: Query,
): Promise<void> {
  const answer = await actor.asks(question);
  if (!gaveUp(answer, isolation))
    judge.demandEqual(answered(answer), false, `${actor.name}'s answer`);
}

async function demandUndelayed({ judge }: LockPlay, actor: Actor, question: Query): Promise<void> {
  const call = await actor.starts(question);
  judge.demandEqual(call.waitsFor, [], `whom ${actor.name} waits for`);
  judge.demandEqual(answered(await call.answer()), true, `${actor.name}'s answer`);
}

/** Whoever wants the whole table, as a migration does, need not wait either. */
async function demandTableFree({ binding, judge }: LockPlay, owner: Actor): Promise<void> {
  await owner.does("begin");
  const call = await owner.starts(
    plainText(`lock table ${binding.table} in access exclusive mode`),
  );
  judge.demandEqual(call.waitsFor, [], "whom one waits for who wants the whole table");
  await call.answer();
  await owner.does("rollback");
}
