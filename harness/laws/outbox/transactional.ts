import { anyIsolation, schedule } from "../../explore/schedule.ts";
import { answered } from "../answered.ts";
import type { Law } from "../law.ts";
import type { OutboxBinding } from "./outbox-binding.ts";
import { claimBy, claimedOf, event, idsOf, payload, readEvents } from "./outbox-calls.ts";
import { enter, type OutboxPlay } from "./outbox-scenes.ts";

export const transactional: Law<OutboxBinding> = {
  id: "outbox.transactional",
  claim:
    "a rolled-back publisher leaves no event, a committed one leaves its payload to be delivered",
  situations: ["a publisher rolls back", "a publisher commits", "a replacement rolls back"],
  trial: schedule<OutboxBinding>("publishers roll back and commit", publishers, anyIsolation),
};

async function publishers(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const publisher = await enter(play, "publisher", isolation);
  const processor = await enter(play, "processor");

  await publisher.does("begin");
  await publisher.asks(binding.publish(event(1)));
  judge.demandEqual(
    idsOf(await processor.asks(binding.claim(claimBy("p")))),
    [],
    "what is claimed while the publisher's transaction is open",
  );
  await publisher.does("rollback");
  judge.demandEqual(await readEvents(binding, processor), [], "the events after the rollback");
  stage.tally.meet("a publisher rolls back");

  await publisher.does("begin");
  const id = answered(await publisher.asks(binding.publish(event(2))));
  await publisher.does("commit");
  await publisher.does("begin");
  await publisher.asks(binding.publish(event(3)));
  await publisher.does("rollback");
  stage.tally.meet("a replacement rolls back");
  const kept = (await readEvents(binding, processor)).map((each) => each.payload);
  judge.demandEqual(kept, [payload(2)], "the payloads after a replacement was rolled back");
  await publisher.asks(binding.publish(event(4)));
  const claimed = claimedOf(await processor.asks(binding.claim(claimBy("p"))));
  judge.demandEqual(
    claimed.map((each) => [each.eventId, each.payload]),
    [[id, payload(4)]],
    "what is claimed after a replacement was committed",
  );
  stage.tally.meet("a publisher commits");
}
