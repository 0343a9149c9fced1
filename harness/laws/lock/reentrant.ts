import type { Actor } from "../../explore/actor.ts";
import type { Recorder } from "../../explore/recorder.ts";
import { anyIsolation } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import { answered, isTrue } from "../answered.ts";
import { gaveUp } from "../gave-up.ts";
import type { Law } from "../law.ts";
import type { Lease, LockBinding } from "./lock-binding.ts";
import { beginWithSnapshot, by, demandUntouched, isLive, readTokens } from "./lock-calls.ts";
import { askWhileInHand, enter, leaseOf, type LockPlay, lockSchedule } from "./lock-scenes.ts";
import { lockSequences } from "./lock-sequences.ts";
import { lockPairs } from "./lock-programs.ts";

export const reentrant: Law<LockBinding> = {
  id: "lock.reentrant",
  claim:
    "the holder of a live lease who asks again is told true (unless another open transaction has the name in hand), " +
    "keeps its fencing token, never loses time, and gives no other lease more",
  situations: ["asks again", "asks again behind a snapshot", "asks again while in hand"],
  trial: inOrder(
    lockSchedule(
      "asks again for less time and for more in one transaction",
      asksAgain,
      anyIsolation,
    ),
    lockSchedule("asks again after another of its sessions extended", behindSnapshot, anyIsolation),
    lockSchedule("asks again while another of its sessions extends", whileInHand),
    lockSequences(
      (recorder, { before, operation, answer, after }, stage) => {
        if (operation.kind !== "acquire") return;
        const lease = before.leases.get(operation.name);
        if (!isLive(lease) || lease.holder !== operation.holder) return;
        stage.tally.meet("asks again");
        recorder.demandEqual(answered(answer), true, `${lease.holder}'s second answer`);
        demandKept(
          recorder,
          { lease, token: before.tokens.get(lease.name) },
          { lease: after.leases.get(lease.name), token: after.tokens.get(lease.name) },
        );
        const others = (leases: ReadonlyMap<string, Lease>) =>
          new Map([...leases].filter(([name]) => name !== lease.name));
        demandUntouched(recorder, others(before.leases), others(after.leases));
      },
      { withTokens: true },
    ),
    lockPairs({ ann: ["acquire"], other: ["extend"] }),
  ),
};

interface Held {
  readonly lease: Lease | undefined;
  readonly token: number | undefined;
}

function demandKept(recorder: Recorder, before: Held, after: Held): void {
  const { lease } = before;
  if (lease === undefined) return;
  recorder.demandEqual(after.lease?.holder, lease.holder, `who holds ${lease.name}`);
  recorder.demandEqual(after.token, before.token, `the fencing token of ${lease.name}`);
  recorder.demand((after.lease?.expiresMicros ?? 0) >= lease.expiresMicros, {
    expected: `the lease of ${lease.holder} on ${lease.name} ends no earlier than before`,
    happened: "it ends earlier",
  });
}

async function readHeld(play: LockPlay, reader: Actor): Promise<Held> {
  const tokens = await readTokens(play.binding, reader);
  return { lease: await leaseOf(play, reader), token: tokens.get("alpha") };
}

async function asksAgain(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  await ann.asks(binding.acquire(by("ann", 600)));
  await ann.does("begin");
  for (const ttlSeconds of [60, 3600, 600]) {
    const before = await readHeld(play, ann);
    if (!isLive(before.lease) || before.lease.holder !== "ann") return;
    const answer = await ann.asks(binding.acquire(by("ann", ttlSeconds)));
    stage.tally.meet("asks again");
    judge.demandEqual(answered(answer), true, "ann's answer when asking again");
    demandKept(judge, before, await readHeld(play, ann));
  }
}

async function behindSnapshot(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const first = await enter(play, "ann-1");
  const second = await enter(play, "ann-2", isolation);
  if (!isTrue(await first.asks(binding.acquire(by("ann", 600))))) return;
  await beginWithSnapshot(second, judge, binding);
  await first.asks(binding.extend(by("ann", 3600)));
  const before = await readHeld(play, first);
  const answer = await second.asks(binding.acquire(by("ann", 60)));
  await second.does("commit");
  if (before.lease?.holder !== "ann") return;
  stage.tally.meet("asks again behind a snapshot");
  if (!gaveUp(answer, isolation))
    judge.demandEqual(answered(answer), true, "ann's answer when asking again");
  demandKept(judge, before, await readHeld(play, first));
}

async function whileInHand(play: LockPlay): Promise<void | "missed"> {
  const { binding, judge, stage } = play;
  const first = await enter(play, "ann-1");
  const second = await enter(play, "ann-2");
  if (!isTrue(await first.asks(binding.acquire(by("ann", 600))))) return;
  await first.does("begin");
  await first.asks(binding.extend(by("ann", 3600)));
  const before = await readHeld(play, first);
  const { call, inTime } = await askWhileInHand(play, second, binding.acquire(by("ann", 60)), {
    actor: first,
    end: "commit",
  });
  await call.answer();
  demandKept(judge, before, await readHeld(play, first));
  if (!inTime) return "missed";
  stage.tally.meet("asks again while in hand");
}
