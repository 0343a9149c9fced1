import { letClockPass } from "../../explore/let-clock-pass.ts";
import { schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import { answered } from "../answered.ts";
import type { Law } from "../law.ts";
import type { OutboxBinding } from "./outbox-binding.ts";
import { demandUntouched, isLive, publishAndClaim, readEvents } from "./outbox-calls.ts";
import { enter, eventOf, letLapse, type OutboxPlay, passTime } from "./outbox-scenes.ts";
import { outboxSequences } from "./outbox-sequences.ts";
import { outboxPairs } from "./outbox-programs.ts";

export const ownerOnly: Law<OutboxBinding> = {
  id: "outbox.owner-only",
  claim:
    "complete by anyone but the live claimer (its processor id) answers false and changes nothing; " +
    "so does completing twice",
  situations: ["a stranger", "completed twice", "after a lapse", "lapsed while it waited"],
  trial: inOrder(
    schedule<OutboxBinding>("strangers and former claimers complete", strangers),
    schedule<OutboxBinding>("the claim lapses while complete waits", lapsedWhileWaiting),
    outboxSequences((recorder, { before, operation, answer, after }) => {
      if (operation.kind !== "complete") return;
      const was = before.find(({ id }) => id === operation.eventId);
      const owns = was !== undefined && isLive(was) && was.claimedBy === operation.processor;
      recorder.demandEqual(
        answered(answer),
        owns,
        `the answer to ${operation.processor}, who ${owns ? "has" : "does not have"} the event`,
      );
      if (!owns) demandUntouched(recorder, before, after, "after complete answered false");
    }),
    outboxPairs({ ann: ["complete"], ben: ["complete"] }, { ann: ["complete"], ben: ["fail"] }),
  ),
};

async function strangers(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const actor = await enter(play, "caller");
  for (const success of [true, false]) {
    await stage.database.empty();
    const eventId = await publishAndClaim(binding, actor, "p");
    const demandRefused = async (processor: string, situation: string): Promise<void> => {
      const before = await readEvents(binding, actor);
      const answer = await actor.asks(
        binding.complete({ eventId, processor, success, error: "late" }),
      );
      judge.demandEqual(answered(answer), false, `the answer to ${processor}, ${situation}`);
      demandUntouched(judge, before, await readEvents(binding, actor), `after ${situation}`);
      stage.tally.meet(situation);
    };
    await demandRefused("q", "a stranger");
    await letLapse(play);
    await demandRefused("p", "after a lapse");
    await actor.asks(binding.claim({ processor: "q", batchSize: 1 }));
    await demandRefused("p", "a stranger");
    await actor.asks(binding.complete({ eventId, processor: "q", success: true }));
    await demandRefused("q", "completed twice");
  }
}

/** Somebody holds the row and changes nothing; a clock that was read before the wait would still find the claim live. */
async function lapsedWhileWaiting(play: OutboxPlay): Promise<void> {
  const { binding, cast, judge, stage } = play;
  const actor = await enter(play, "caller");
  const owner = await cast.enter("owner", { role: "deployer" });
  const eventId = await publishAndClaim(binding, actor, "p");
  await passTime(play, binding.claimSeconds - 0.15);
  await owner.does("begin");
  await owner.does(`select from ${binding.table} for update`);
  const call = await actor.starts(binding.complete({ eventId, processor: "p", success: true }));
  const now = await eventOf(play, owner, eventId);
  const tell = judge.begin("clock", "the claim lapses");
  await letClockPass(owner.session, Math.max(0, now?.claimSecondsLeft ?? 0) + 0.01);
  tell("");
  await owner.does("rollback");
  const answer = answered(await call.answer());
  if (call.waitsFor.length === 0) return;
  stage.tally.meet("lapsed while it waited");
  judge.demandEqual(answer, false, "the answer to a claimer whose claim lapsed while it waited");
}
