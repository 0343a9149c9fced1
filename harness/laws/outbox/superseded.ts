import type { Recorder } from "../../explore/recorder.ts";
import { anyIsolation, schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Law } from "../law.ts";
import type { OutboxBinding, OutboxEvent } from "./outbox-binding.ts";
import {
  claimBy,
  claimedOf,
  event,
  idsOf,
  isOpen,
  keyOf,
  publishAndClaim,
  readEvents,
} from "./outbox-calls.ts";
import { enter, failOnce, letLapse, type OutboxPlay, park, passTime } from "./outbox-scenes.ts";
import { outboxSequences } from "./outbox-sequences.ts";
import { outboxPairs } from "./outbox-programs.ts";

export const superseded: Law<OutboxBinding> = {
  id: "outbox.superseded",
  claim:
    "an event that failed, lapsed or is parked is never claimed while a newer committed event of its key is open: " +
    "claiming the newer one closes it as superseded, by which id, its error kept",
  situations: [
    "after a failure",
    "after a lapse",
    "after parking",
    "while the newer one waits",
    "beside other keys",
    "behind a snapshot",
  ],
  trial: inOrder(
    schedule<OutboxBinding>("a newer event after each way of not being delivered", afterEachWay),
    schedule<OutboxBinding>("the newer event waits for its next try", newerWaits),
    schedule<OutboxBinding>("keys that differ in one part", otherKeys),
    schedule<OutboxBinding>("a newer event behind a snapshot", behindSnapshot, anyIsolation),
    outboxSequences((recorder, { before, answer, after }) => {
      for (const { eventId } of claimedOf(answer))
        demandOlderClosed(recorder, before, after, eventId);
    }),
    outboxPairs({ ann: ["complete"], ben: ["publish"] }),
  ),
};

/** What the claim of an event must have done to the older ones of its key, and that there is no newer one. */
function demandOlderClosed(
  recorder: Recorder,
  before: readonly OutboxEvent[],
  after: readonly OutboxEvent[],
  claimedId: number,
): void {
  const claimed = before.find(({ id }) => id === claimedId);
  if (claimed === undefined) return;
  const sameKey = before.filter((each) => isOpen(each) && keyOf(each) === keyOf(claimed));
  const newer = sameKey.filter(({ id }) => id > claimedId).map(({ id }) => id);
  recorder.demandEqual(newer, [], `the newer open events of its key when ${claimedId} is claimed`);
  for (const older of sameKey.filter(({ id }) => id < claimedId)) {
    const now = after.find(({ id }) => id === older.id);
    recorder.demandEqual(
      { processed: now?.processed, supersededBy: now?.supersededBy, claimedBy: now?.claimedBy },
      { processed: true, supersededBy: claimedId, claimedBy: null },
      `event ${older.id} after the newer one was claimed`,
    );
    recorder.demandEqual(now?.lastError, older.lastError, `the error of event ${older.id}`);
  }
}

async function afterEachWay(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const actor = await enter(play, "caller");
  const ways = {
    "after a failure": (id: number) => failOnce(play, actor, id, "p"),
    "after a lapse": () => letLapse(play),
    "after parking": async (id: number) => {
      await failOnce(play, actor, id, "p");
      await park(play, actor, id);
    },
  };
  for (const [situation, fail] of Object.entries(ways)) {
    await stage.database.empty();
    const older = await publishAndClaim(binding, actor, "p", event(1));
    await fail(older);
    await actor.asks(binding.publish(event(2)));
    const before = await readEvents(binding, actor);
    const ids = idsOf(await actor.asks(binding.claim(claimBy("q"))));
    const newest = before.at(-1)?.id;
    judge.demandEqual(ids, [newest], "what is claimed: the newest of the key");
    demandOlderClosed(judge, before, await readEvents(binding, actor), newest ?? NaN);
    judge.demandEqual(
      idsOf(await actor.asks(binding.claim(claimBy("q")))),
      [],
      "what is claimed afterwards",
    );
    stage.tally.meet(situation);
  }
}

/** That the newer one may not be tried yet does not bring the older one back. */
async function newerWaits(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const actor = await enter(play, "caller");
  const older = await publishAndClaim(binding, actor, "p", event(1));
  await actor.asks(binding.publish(event(2)));
  await failOnce(play, actor, older, "p");
  await passTime(play, 10);
  const [newer = NaN] = idsOf(await actor.asks(binding.claim(claimBy("p"))));
  const failure = { eventId: newer, processor: "p", success: false, retryDelaySeconds: 600 };
  await actor.asks(binding.complete(failure));
  judge.demandEqual(
    idsOf(await actor.asks(binding.claim(claimBy("q")))),
    [],
    "what is claimed while the newer event waits for its next try",
  );
  stage.tally.meet("while the newer one waits");
}

/** What is newer and of another key closes nothing and hides nothing. */
async function otherKeys(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const actor = await enter(play, "caller");
  const others = [
    {},
    { aggregateType: "invoice" },
    { aggregateId: "beta" },
    { eventType: "created" },
  ];
  for (const other of others) await actor.asks(binding.publish({ ...event(1), ...other }));
  await actor.asks(binding.claim(claimBy("p")));
  stage.tally.meet("beside other keys");
  judge.demandEqual(
    (await readEvents(binding, actor)).map(({ claimedBy, supersededBy }) => ({
      claimedBy,
      supersededBy,
    })),
    others.map(() => ({ claimedBy: "p", supersededBy: null })),
    "the events of keys that differ in one part, once claimed",
  );
}

/** Whoever does not see the newer event must not have the older one. */
async function behindSnapshot(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben", isolation);
  const older = await publishAndClaim(binding, ann, "p", event(1));
  await failOnce(play, ann, older, "p");
  await passTime(play, 1);
  await ben.does("begin");
  await readEvents(binding, ben);
  await ann.asks(binding.publish(event(2)));
  const ids = idsOf(await ben.asks(binding.claim(claimBy("q"))));
  stage.tally.meet("behind a snapshot");
  judge.demand(!ids.includes(older), {
    expected: `a claim leaves event ${older} alone, for a newer one of its key was committed`,
    happened: `it brought ${ids.join(", ")}`,
  });
  await ben.does("rollback");
}
