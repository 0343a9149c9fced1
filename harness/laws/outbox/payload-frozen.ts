import { schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Law } from "../law.ts";
import type { OutboxBinding } from "./outbox-binding.ts";
import { claimBy, event, idsOf, payload, publishAndClaim, readEvents } from "./outbox-calls.ts";
import { enter, eventOf, failOnce, letLapse, type OutboxPlay, park } from "./outbox-scenes.ts";
import { outboxSequences } from "./outbox-sequences.ts";
import { outboxPairs } from "./outbox-programs.ts";

export const payloadFrozen: Law<OutboxBinding> = {
  id: "outbox.payload-frozen",
  claim:
    "the payload of an event never changes once it was claimed: one id, one payload, so that the receiver may drop " +
    "repeats by id",
  situations: [
    "published over a claim",
    "published over a failure",
    "published over a lapse",
    "published over a parked event",
    "published over a processed event",
    "published while a claim is open",
  ],
  trial: inOrder(
    schedule<OutboxBinding>("published again in each state of the event", inEachState),
    schedule<OutboxBinding>("published while a claim is not committed", whileClaiming),
    outboxSequences((recorder, { before, after }) => {
      for (const { id, everClaimed, payload: was } of before) {
        if (!everClaimed) continue;
        const now = after.find((each) => each.id === id);
        recorder.demandEqual(now?.payload, was, `the payload of event ${id}, which was claimed`);
      }
    }),
    outboxPairs({ ann: ["claim"], ben: ["publish"] }),
  ),
};

async function inEachState(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const states = {
    "published over a claim": async () => {},
    "published over a failure": (id: number) => failOnce(play, actor, id, "p"),
    "published over a lapse": () => letLapse(play),
    "published over a parked event": async (id: number) => {
      await failOnce(play, actor, id, "p");
      await park(play, actor, id);
    },
    "published over a processed event": (id: number) =>
      actor.asks(binding.complete({ eventId: id, processor: "p", success: true })),
  };
  const actor = await enter(play, "caller");
  for (const [situation, reach] of Object.entries(states)) {
    await stage.database.empty();
    const id = await publishAndClaim(binding, actor, "p", event(1));
    await reach(id);
    await actor.asks(binding.publish(event(2)));
    stage.tally.meet(situation);
    judge.demandEqual(
      (await eventOf(play, actor, id))?.payload,
      payload(1),
      `the payload of event ${id}, which was claimed before it was published again`,
    );
  }
}

/** Whoever publishes while a claim is being made must wait for it and then find the event claimed, or not. */
async function whileClaiming(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const publisher = await enter(play, "publisher");
  const processor = await enter(play, "processor");
  for (const end of ["commit", "rollback"]) {
    await stage.database.empty();
    await publisher.asks(binding.publish(event(1)));
    await processor.does("begin");
    const [id] = idsOf(await processor.asks(binding.claim(claimBy("p"))));
    const call = await publisher.starts(binding.publish(event(2)));
    await processor.does(end);
    await call.answer();
    stage.tally.meet("published while a claim is open");
    const payloads = (await readEvents(binding, publisher)).map((each) => each.payload);
    judge.demandEqual(
      payloads,
      end === "commit" ? [payload(1), payload(2)] : [payload(2)],
      `the payloads after the claim of event ${id} ended with ${end}`,
    );
  }
}
