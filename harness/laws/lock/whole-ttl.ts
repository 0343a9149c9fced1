import type { Actor } from "../../explore/actor.ts";
import { anyIsolation } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Query } from "../../postgres/query.ts";
import { isTrue } from "../answered.ts";
import { within } from "../../programs/plan-programs.ts";
import type { Law } from "../law.ts";
import type { LeaseCall, LockBinding } from "./lock-binding.ts";
import { beginWithSnapshot, by, readClockMicros } from "./lock-calls.ts";
import {
  askWhileInHand,
  enter,
  leaseOf,
  leaveExpired,
  type LockPlay,
  lockSchedule,
} from "./lock-scenes.ts";
import { acquired, acts, lockOrders } from "./lock-programs.ts";

export const wholeTtl: Law<LockBinding> = {
  id: "lock.whole-ttl",
  claim:
    "a lease that was granted has its whole TTL ahead of it at that moment, even if the caller waited or its transaction is old",
  situations: [
    "a new lease in an old transaction",
    "a live lease asked for again in an old transaction",
    "an extension in an old transaction",
    "a new lease after a wait",
    "a live lease asked for again after a wait",
    "an extension after a wait",
  ],
  trial: inOrder(
    lockSchedule("granted in a transaction that is older", oldTransaction, anyIsolation),
    lockSchedule("granted after a wait for a name that nobody had", (play) =>
      afterWait(play, "a new lease"),
    ),
    lockSchedule("granted after a wait for a name whose lease had run out", (play) =>
      afterWait(play, "a new lease", "cat"),
    ),
    lockSchedule("granted again after a wait", (play) =>
      afterWait(play, "a live lease asked for again", "ben"),
    ),
    lockSchedule("extended after a wait", (play) => afterWait(play, "an extension", "ben")),
    lockOrders(
      {
        title: "ann acquires beside ben, who gives back and acquires another name, all begun early",
        state: acquired("the name is ben's", [by("ben")]),
        sessions: (binding) => [
          {
            name: "ben",
            acts: within(
              [acts.release(binding, by("ben")), acts.acquire(binding, by("ben", 600, "beta"))],
              "commit",
            ),
          },
          { name: "ann", acts: [acts.acquire(binding, by("ann"))] },
        ],
        beginsEarly: true,
        preemptions: 0,
      },
      {
        title:
          "ann extends beside ben, who hands the name on to her and acquires another, all begun early",
        state: acquired("the name is ben's", [by("ben")]),
        sessions: (binding) => [
          {
            name: "ben",
            acts: within(
              [
                acts.release(binding, by("ben")),
                acts.acquire(binding, by("ann", 60)),
                acts.acquire(binding, by("ben", 600, "beta")),
              ],
              "commit",
            ),
          },
          { name: "ann", acts: [acts.extend(binding, by("ann"))] },
        ],
        beginsEarly: true,
        preemptions: 0,
      },
    ),
  ),
};

type Grant = "a new lease" | "a live lease asked for again" | "an extension";

const ttlSeconds = 900;
const longestTtlSeconds = 2_147_483_647;

/** The same in one transaction that began before: with the usual TTL and with the longest that an integer can hold. */
async function oldTransaction(play: LockPlay): Promise<void> {
  const { binding, judge, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  await leaveExpired(play, ann, by("ben", 60, "expired"));
  await ann.asks(binding.acquire(by("ann", 600, "own")));
  await ann.asks(binding.acquire(by("ann", 600, "extended")));
  await beginWithSnapshot(ann, judge, binding);
  for (const ttl of [ttlSeconds, longestTtlSeconds]) {
    await demandWhole(play, ann, "a new lease", by("ann", ttl, `never-held-${ttl}`));
    await demandWhole(play, ann, "a live lease asked for again", by("ann", ttl, "own"));
    await demandWhole(play, ann, "an extension", by("ann", ttl, "extended"));
  }
  await demandWhole(play, ann, "a new lease", by("ann", ttlSeconds, "expired"));
}

async function demandWhole(
  play: LockPlay,
  actor: Actor,
  grant: Grant,
  call: ReturnType<typeof by>,
): Promise<void> {
  const { binding, stage } = play;
  const since = await readClockMicros(actor);
  const answer = await actor.asks(ask(binding, grant, call));
  stage.tally.meet(`${grant} in an old transaction`);
  if (isTrue(answer)) await demandAhead(play, actor, call, since);
}

function ask(binding: LockBinding, grant: Grant, call: LeaseCall): Query {
  return grant === "an extension" ? binding.extend(call) : binding.acquire(call);
}

/** `since` is a moment that was surely before the grant, and now is one that is surely after it. */
async function demandAhead(
  play: LockPlay,
  reader: Actor,
  call: ReturnType<typeof by>,
  since: number,
): Promise<void> {
  const lease = await leaseOf(play, reader, call.name);
  const ends = lease?.expiresMicros ?? -Infinity;
  const ttlMicros = call.ttlSeconds * 1_000_000;
  play.judge.demand(ends >= since + ttlMicros, {
    expected: `the lease on ${call.name} ends ${call.ttlSeconds} s after the grant`,
    happened:
      lease === undefined
        ? "there is no lease"
        : "it ends earlier: its time was counted from a moment before the grant",
  });
  play.judge.demand(ends <= (await readClockMicros(reader)) + ttlMicros, {
    expected: `the lease on ${call.name} ends ${call.ttlSeconds} s after the grant`,
    happened: "it ends later",
  });
}

/** Another session has the name in hand and takes back what it did: the moment of the grant is after that. */
async function afterWait(
  play: LockPlay,
  grant: Grant,
  formerHolder?: "cat" | "ben",
): Promise<void | "missed"> {
  const { binding, stage } = play;
  const first = await enter(play, "first");
  const ben = await enter(play, "ben");
  if (formerHolder === "cat") await leaveExpired(play, first, by("cat"));
  if (formerHolder === "ben") await first.asks(binding.acquire(by("ben", 600)));
  await first.does("begin");
  await first.asks(
    formerHolder === "ben" ? binding.extend(by("ben", 700)) : binding.acquire(by("ann")),
  );
  const call = by("ben", ttlSeconds);
  let since = 0;
  const asked = await askWhileInHand(play, ben, ask(binding, grant, call), {
    actor: first,
    meanwhile: async () => (since = await readClockMicros(first)),
    end: "rollback",
  });
  const told = isTrue(await asked.call.answer());
  if (asked.call.waitsFor.length > 0 && told) await demandAhead(play, ben, call, since);
  if (!asked.inTime) return "missed";
  stage.tally.meet(`${grant} after a wait`);
}
