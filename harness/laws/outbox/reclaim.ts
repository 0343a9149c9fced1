import { schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Law } from "../law.ts";
import type { OutboxBinding } from "./outbox-binding.ts";
import { claimBy, idsOf, isLapsed, isLive, publishAndClaim, readEvents } from "./outbox-calls.ts";
import { enter, eventOf, letLapse, type OutboxPlay, passTime } from "./outbox-scenes.ts";
import { outboxSequences } from "./outbox-sequences.ts";
import { outboxPairs } from "./outbox-programs.ts";

export const reclaim: Law<OutboxBinding> = {
  id: "outbox.reclaim",
  claim:
    "when a claim's time is over any processor may have the event, and the lapse counts as a failed attempt",
  situations: ["a lapse", "just before a lapse", "lapsed until it parks"],
  trial: inOrder(
    schedule<OutboxBinding>("a claim lapses", lapses),
    schedule<OutboxBinding>("claims lapse until the event parks", lapsesUntilParked),
    outboxSequences((recorder, { before, operation, after }) => {
      if (operation.kind !== "claim") return;
      for (const was of before.filter(isLapsed)) {
        const now = after.find(({ id }) => id === was.id);
        const found = now !== undefined && (isLive(now) || now.parked || now.processed);
        recorder.demandEqual(
          now?.retryCount,
          was.retryCount + (found ? 1 : 0),
          `the count of event ${was.id}, whose claim has lapsed${found ? " and was found so" : ""}`,
        );
      }
    }),
    outboxPairs({ ann: ["complete"], ben: ["claim"] }),
  ),
};

async function lapses(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const actor = await enter(play, "caller");
  const id = await publishAndClaim(binding, actor, "p");
  await passTime(play, binding.claimSeconds - 60);
  const early = idsOf(await actor.asks(binding.claim(claimBy("q"))));
  judge.demandEqual(early, [], "what is claimed a minute before the claim's time is over");
  stage.tally.meet("just before a lapse");
  const counters = await countersOf(play);
  await passTime(play, 61);
  const answer = idsOf(await actor.asks(binding.claim(claimBy("q"))));
  judge.demandEqual(answer, [id], "what another claims once the claim's time is over");
  stage.tally.meet("a lapse");
  const now = await eventOf(play, actor, id);
  judge.demandEqual(
    { claimedBy: now?.claimedBy, retryCount: now?.retryCount },
    { claimedBy: "q", retryCount: 1 },
    "the event, claimed after a lapse",
  );
  const counted = (await countersOf(play)).map(({ name, value }) => ({ name, value: value - 1 }));
  judge.demandEqual(counted, counters, "the counters less the lapse");
}

async function lapsesUntilParked(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const actor = await enter(play, "caller");
  const id = await publishAndClaim(binding, actor, "p");
  for (let lapse = 1; lapse < binding.maxAttempts; lapse += 1) {
    await letLapse(play);
    const answer = idsOf(await actor.asks(binding.claim(claimBy("p"))));
    judge.demandEqual(answer, [id], `what is claimed after lapse ${lapse}`);
  }
  await letLapse(play);
  const last = idsOf(await actor.asks(binding.claim(claimBy("p"))));
  judge.demandEqual(last, [], `what is claimed after lapse ${binding.maxAttempts}`);
  const [now] = await readEvents(binding, actor);
  judge.demandEqual(
    { parked: now?.parked, processed: now?.processed, retryCount: now?.retryCount },
    { parked: true, processed: false, retryCount: binding.maxAttempts },
    `the event after ${binding.maxAttempts} lapses`,
  );
  stage.tally.meet("lapsed until it parks");
}

async function countersOf({ binding, cast }: OutboxPlay) {
  if (binding.counters === undefined) return [];
  const reader = await cast.enter("reader", { role: "deployer" });
  return await reader.session.all(binding.counters());
}
