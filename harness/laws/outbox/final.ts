import { schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import { answered } from "../answered.ts";
import type { Law } from "../law.ts";
import type { OutboxBinding } from "./outbox-binding.ts";
import { claimBy, demandSameRow, event, publishAndClaim } from "./outbox-calls.ts";
import { enter, eventOf, type OutboxPlay, passTime } from "./outbox-scenes.ts";
import { outboxSequences } from "./outbox-sequences.ts";

export const final: Law<OutboxBinding> = {
  id: "outbox.final",
  claim: "a processed event never changes again",
  situations: ["a late failure", "a late claim", "a successor"],
  trial: inOrder(
    schedule<OutboxBinding>("everything that can be tried on a processed event", lateCalls),
    outboxSequences((recorder, { before, operation, after }) => {
      if (operation.kind === "advance") return;
      for (const was of before.filter(({ processed }) => processed)) {
        const now = after.find(({ id }) => id === was.id);
        demandSameRow(recorder, was, now, "when it was processed");
      }
    }),
  ),
};

async function lateCalls(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const actor = await enter(play, "caller");
  const eventId = await publishAndClaim(binding, actor, "p");
  await actor.asks(binding.complete({ eventId, processor: "p", success: true }));
  const lateCallsBySituation = {
    "a late failure": async () => {
      const late = { eventId, processor: "p", success: false, error: "late" };
      judge.demandEqual(answered(await actor.asks(binding.complete(late))), false, "the answer");
    },
    "a late claim": async () => {
      await actor.asks(binding.claim(claimBy("p")));
    },
    "a successor": async () => {
      await actor.asks(binding.publish(event(2)));
      await actor.asks(binding.claim(claimBy("q")));
    },
  };
  await passTime(play, binding.claimSeconds + 1);
  const before = await eventOf(play, actor, eventId);
  for (const [situation, call] of Object.entries(lateCallsBySituation)) {
    await call();
    stage.tally.meet(situation);
    const now = await eventOf(play, actor, eventId);
    demandSameRow(judge, before, now, `when it was processed, before ${situation}`);
  }
}
