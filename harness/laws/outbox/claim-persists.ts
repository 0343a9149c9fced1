import { schedule } from "../../explore/schedule.ts";
import type { Law } from "../law.ts";
import type { OutboxBinding } from "./outbox-binding.ts";
import { claimBy, event, idsOf, isLive, wholeSeconds } from "./outbox-calls.ts";
import { enter, eventOf, type OutboxPlay } from "./outbox-scenes.ts";

export const claimPersists: Law<OutboxBinding> = {
  id: "outbox.claim-persists",
  claim: "a claim outlives its transaction and its session",
  situations: ["the claimer's transaction is over", "the claimer's session is over"],
  trial: schedule<OutboxBinding>("the claimer commits and leaves", leaves),
};

async function leaves(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben");
  await ann.asks(binding.publish(event(1)));
  const [id = NaN] = idsOf(await ann.asks(binding.claim(claimBy("ann"))));

  const demandStands = async (when: string): Promise<void> => {
    const answer = await ben.asks(binding.claim(claimBy("ben")));
    judge.demandEqual(idsOf(answer), [], `what ben claims ${when}`);
    const now = await eventOf(play, ben, id);
    const standing = { by: now?.claimedBy, live: now !== undefined && isLive(now) };
    judge.demandEqual(standing, { by: "ann", live: true }, `the claim ${when}`);
    const span = now?.claimSecondsLeft ?? NaN;
    judge.demand(Math.abs(span - binding.claimSeconds) < 30, {
      expected: `the claim has about ${binding.claimSeconds} s to go ${when}`,
      happened: `it has ${wholeSeconds(span)}`,
    });
  };
  await demandStands("after ann's transaction");
  stage.tally.meet("the claimer's transaction is over");
  ann.session.drop();
  judge.begin("ann", "is gone")("");
  await demandStands("after ann's session");
  stage.tally.meet("the claimer's session is over");
}
