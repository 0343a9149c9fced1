import { schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import { atEffort } from "../../explore/stage.ts";
import type { Law } from "../law.ts";
import type { OutboxBinding } from "./outbox-binding.ts";
import { claimBy, claimedOf, event } from "./outbox-calls.ts";
import { twoKeyStories } from "./outbox-stories.ts";
import { enter, failOnce, type OutboxPlay, passTime } from "./outbox-scenes.ts";

export const noStarvation: Law<OutboxBinding> = {
  id: "outbox.no-starvation",
  claim: "failing events never keep healthy ones from being delivered",
  situations: [
    "a failing event is due again",
    "healthy events behind failing ones",
    "a failing event in hand",
  ],
  trial: inOrder(
    schedule<OutboxBinding>("failing events that may be tried again at once", failingFirst),
    schedule<OutboxBinding>("a failing event that another processor takes again", failingInHand),
    twoKeyStories(),
  ),
};

/** Those that fail are older and due again at once, and still each healthy one has its turn. */
async function failingFirst(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const actor = await enter(play, "caller");
  const failing = 3;
  const healthy = atEffort(stage, { quick: 3, default: 5, thorough: 50 });
  for (let number = 1; number <= failing; number += 1) {
    await actor.asks(binding.publish(event(number, `failing-${number}`)));
  }
  await passTime(play, 60);
  for (let number = 1; number <= healthy; number += 1) {
    await actor.asks(binding.publish(event(number, `healthy-${number}`)));
  }
  stage.tally.meet("healthy events behind failing ones");
  const delivered = new Set<string>();
  const failed = new Set<number>();
  for (let turn = 0; turn < failing + healthy; turn += 1) {
    const [claimed] = claimedOf(await actor.asks(binding.claim(claimBy("p", 1))));
    if (claimed === undefined) break;
    const { eventId, aggregateId } = claimed;
    if (aggregateId.startsWith("healthy")) {
      await actor.asks(binding.complete({ eventId, processor: "p", success: true }));
      delivered.add(aggregateId);
    } else {
      await failOnce(play, actor, eventId, "p");
      if (failed.has(eventId)) stage.tally.meet("a failing event is due again");
      failed.add(eventId);
    }
  }
  judge.demandEqual(
    delivered.size,
    healthy,
    `how many of ${healthy} healthy events were delivered in ${failing + healthy} turns, ${failing} of them for failing ones`,
  );
  const [after] = claimedOf(await actor.asks(binding.claim(claimBy("p", 1))));
  if (after?.aggregateId.startsWith("failing") === true)
    stage.tally.meet("a failing event is due again");
}

/** Whoever asks meanwhile does not wait for what comes of it, and gets the healthy one behind it. */
async function failingInHand(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben");
  await ann.asks(binding.publish(event(1, "failing")));
  const [first] = claimedOf(await ann.asks(binding.claim(claimBy("ann", 1))));
  if (first !== undefined) await failOnce(play, ann, first.eventId, "ann");
  await passTime(play, 60);
  await ben.asks(binding.publish(event(1, "healthy")));
  await ann.does("begin");
  const [again] = claimedOf(await ann.asks(binding.claim(claimBy("ann", 1))));
  if (again?.aggregateId === "failing") stage.tally.meet("a failing event in hand");
  const call = await ben.starts(binding.claim(claimBy("ben")));
  judge.demandEqual(
    call.waitsFor.join(", ") || "nobody",
    "nobody",
    "for whom ben's claim of healthy events waits",
  );
  const claimed = claimedOf(await call.answer()).map(({ aggregateId }) => aggregateId);
  judge.demandEqual(claimed, ["healthy"], "the events that ben's claim brought");
  await ann.does("commit");
}
