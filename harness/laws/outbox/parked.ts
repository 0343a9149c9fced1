import { schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Law } from "../law.ts";
import type { OutboxBinding } from "./outbox-binding.ts";
import { claimBy, claimedOf, event, idsOf, readEvents } from "./outbox-calls.ts";
import { enter, eventOf, failOnce, letLapse, type OutboxPlay, passTime } from "./outbox-scenes.ts";
import { outboxSequences } from "./outbox-sequences.ts";

export const parked: Law<OutboxBinding> = {
  id: "outbox.parked",
  claim:
    "at the maximum of attempts an event is parked: not claimed again, still to be seen, released by the documented statement",
  situations: ["parked", "released", "parked beside another"],
  trial: inOrder(
    schedule<OutboxBinding>("an event fails until it parks, and is released", untilParked),
    schedule<OutboxBinding>("an event parks beside one of another key", besideAnother),
    outboxSequences((recorder, { before, answer }) => {
      const resting = new Set(before.filter((each) => each.parked).map(({ id }) => id));
      const taken = claimedOf(answer).filter(({ eventId }) => resting.has(eventId));
      recorder.demandEqual(taken, [], "what is claimed of the parked events");
    }),
  ),
};

async function untilParked(play: OutboxPlay): Promise<void> {
  const { binding, cast, judge, stage } = play;
  const actor = await enter(play, "caller");
  const owner = await cast.enter("owner", { role: "deployer" });
  await actor.asks(binding.publish(event(1)));
  const failToTheEnd = async (): Promise<number> => {
    let eventId = NaN;
    for (let attempt = 1; attempt <= binding.maxAttempts; attempt += 1) {
      [eventId = NaN] = idsOf(await actor.asks(binding.claim(claimBy("p"))));
      const now = await eventOf(play, actor, eventId);
      judge.demandEqual(now?.parked, false, `whether the event is parked at attempt ${attempt}`);
      await failOnce(play, actor, eventId, "p");
    }
    return eventId;
  };
  const id = await failToTheEnd();
  const failed = await eventOf(play, actor, id);
  judge.demandEqual(failed?.parked, true, "whether the last failure parks the event at once");
  await passTime(play, 10 * binding.maxDelaySeconds);
  const again = idsOf(await actor.asks(binding.claim(claimBy("q"))));
  judge.demandEqual(again, [], `what is claimed after ${binding.maxAttempts} failures`);
  const now = await eventOf(play, actor, id);
  judge.demandEqual(
    { parked: now?.parked, processed: now?.processed, lastError: now?.lastError },
    { parked: true, processed: false, lastError: "boom" },
    `the event after ${binding.maxAttempts} failures`,
  );
  stage.tally.meet("parked");
  await owner.asks(binding.release(id));
  await passTime(play, 1);
  judge.demandEqual(
    idsOf(await actor.asks(binding.claim(claimBy("q")))),
    [id],
    "what is claimed once the event is released",
  );
  stage.tally.meet("released");
  await failOnce(play, actor, id, "q");
  const freed = await eventOf(play, actor, id);
  judge.demandEqual(freed?.parked, false, "whether one more failure parks it at once");
}

/** By a failure, and by a lapse that a claim finds. */
async function besideAnother(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const actor = await enter(play, "caller");
  for (const parks of ["a failure", "a lapse"]) {
    await stage.database.empty();
    await actor.asks(binding.publish(event(1)));
    for (let attempt = 1; attempt < binding.maxAttempts; attempt += 1) {
      const [id = NaN] = idsOf(await actor.asks(binding.claim(claimBy("p"))));
      await failOnce(play, actor, id, "p");
    }
    await actor.asks(binding.publish(event(1, "beta")));
    const [id = NaN, other = NaN] = idsOf(await actor.asks(binding.claim(claimBy("p"))));
    if (parks === "a failure") await failOnce(play, actor, id, "p");
    else await letLapse(play);
    const later = idsOf(await actor.asks(binding.claim(claimBy("q"))));
    judge.demandEqual(
      later,
      parks === "a failure" ? [] : [other],
      `what is claimed when ${parks} has parked event ${id}`,
    );
    const now = await readEvents(binding, actor);
    judge.demandEqual(
      now.map((each) => ({ id: each.id, parked: each.parked, claimedBy: each.claimedBy })),
      [
        { id, parked: true, claimedBy: null },
        { id: other, parked: false, claimedBy: parks === "a failure" ? "p" : "q" },
      ],
      `the events when ${parks} has parked event ${id}`,
    );
  }
  stage.tally.meet("parked beside another");
}
