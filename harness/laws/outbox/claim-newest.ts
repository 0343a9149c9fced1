import type { Recorder } from "../../explore/recorder.ts";
import { schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Law } from "../law.ts";
import type { Claimed, OutboxBinding, OutboxEvent } from "./outbox-binding.ts";
import { claimBy, claimedOf, event, payload, publishAndClaim, readEvents } from "./outbox-calls.ts";
import { enter, failOnce, letLapse, type OutboxPlay, passTime } from "./outbox-scenes.ts";
import { outboxSequences } from "./outbox-sequences.ts";

export const claimNewest: Law<OutboxBinding> = {
  id: "outbox.claim-newest",
  claim: "a claim returns the committed payload and count of the moment it took hold",
  situations: [
    "a replacement is not committed",
    "a replacement was committed",
    "claimed again after a failure",
    "claimed again after a lapse",
  ],
  trial: inOrder(
    schedule<OutboxBinding>("the payload is replaced around a claim", replaced),
    schedule<OutboxBinding>("claimed again", again),
    outboxSequences((recorder, { answer, after }) => {
      for (const claimed of claimedOf(answer)) demandAsStored(recorder, after, claimed);
    }),
  ),
};

/** In one session nothing can come between the claim and the reading. */
function demandAsStored(
  recorder: Recorder,
  after: readonly OutboxEvent[],
  { eventId, payload: told, retryCount }: Claimed,
): void {
  const stored = after.find(({ id }) => id === eventId);
  recorder.demandEqual(
    { payload: told, retryCount },
    { payload: stored?.payload, retryCount: stored?.retryCount },
    `what the claim tells of event ${eventId}`,
  );
}

async function replaced(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const publisher = await enter(play, "publisher");
  const processor = await enter(play, "processor");
  await publisher.asks(binding.publish(event(1)));
  await publisher.does("begin");
  await publisher.asks(binding.publish(event(2)));
  const call = await processor.starts(binding.claim(claimBy("p")));
  stage.tally.meet("a replacement is not committed");
  await publisher.does("commit");
  const during = claimedOf(await call.answer());
  const later = claimedOf(await processor.asks(binding.claim(claimBy("p"))));
  stage.tally.meet("a replacement was committed");
  const stored = await readEvents(binding, processor);
  for (const claimed of [...during, ...later]) demandAsStored(judge, stored, claimed);
  judge.demandEqual(
    [...during, ...later].at(-1)?.payload,
    payload(2),
    "the payload that is claimed last, after a replacement was committed",
  );
}

async function again(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const actor = await enter(play, "caller");
  const id = await publishAndClaim(binding, actor, "p");
  await failOnce(play, actor, id, "p");
  await passTime(play, 1);
  const failed = claimedOf(await actor.asks(binding.claim(claimBy("p"))));
  judge.demandEqual(
    failed.map((each) => each.retryCount),
    [1],
    "the count after a failure",
  );
  stage.tally.meet("claimed again after a failure");
  await letLapse(play);
  const lapsed = claimedOf(await actor.asks(binding.claim(claimBy("q"))));
  judge.demandEqual(
    lapsed.map((each) => each.retryCount),
    [2],
    "the count after a lapse as well",
  );
  stage.tally.meet("claimed again after a lapse");
}
