import { demandRising, historyJudged } from "../../explore/judge-history.ts";
import { race } from "../../explore/race.ts";
import { schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import { answered, isTrue } from "../answered.ts";
import type { Law } from "../law.ts";
import type { Claimed, OutboxBinding } from "./outbox-binding.ts";
import { claimBy, claimedOf, claimedRows, event, keyOf } from "./outbox-calls.ts";
import { tellCompletions } from "./claim-model.ts";
import { enter, type OutboxPlay } from "./outbox-scenes.ts";
import { tellMaking } from "./publication-model.ts";

export const keyOrder: Law<OutboxBinding> = {
  id: "outbox.key-order",
  claim:
    "deliveries of a key are completed in the order its events were committed, which their ids follow; " +
    "publishers of other keys are not waited for",
  situations: [
    "a publisher waits for one that commits two events",
    "publishers of other keys at work",
    "deliveries raced",
    historyJudged,
  ],
  trial: inOrder(
    schedule<OutboxBinding>("one publisher waits for another that commits two events", twoEvents),
    schedule<OutboxBinding>("publishers of keys that differ in one part", otherKeys),
    race<OutboxBinding>({
      title: "publishers and processors of few keys",
      callers: { quick: 3, default: 6, thorough: 16 },
      rounds: { quick: 2, default: 15, thorough: 400 },
      async round({ binding, tally }, caller, round) {
        const publication = event(round, `k${round % 2}`);
        await caller.asks(binding.publish(publication), "publish", publication);
        const answer = await caller.asks(binding.claim(claimBy(caller.name, 1)), "claim");
        for (const claimed of claimedOf(answer)) {
          const call = { eventId: claimed.eventId, processor: caller.name, success: true };
          await caller.asks(binding.complete(call), "complete", claimed);
          tally.meet("deliveries raced");
        }
      },
      judge(recorder, history, { tally }) {
        const completed = history
          .filter((each) => each.operation === "complete" && isTrue(rowsOf(each.answer)))
          .toSorted((one, other) => one.asked - other.asked);
        const last = new Map<string, number>();
        for (const { input } of completed) {
          const [claimed] = claimedRows([input]);
          if (claimed === undefined) continue;
          const { eventId } = claimed;
          const before = last.get(keyOf(claimed)) ?? 0;
          recorder.demand(eventId > before, {
            expected: `what is completed after event ${before} of its key is newer`,
            happened: `it is event ${eventId}`,
          });
          last.set(keyOf(claimed), eventId);
        }
        demandRising({ recorder, tally }, tellMaking(history), "the ids of new events");
        demandRising({ recorder, tally }, tellCompletions(history), "the ids of what is completed");
      },
    }),
  ),
};

function rowsOf(answer: unknown) {
  return { kind: "rows", rows: Array.isArray(answer) ? answer : [] } as const;
}

/** An id drawn before the wait would be smaller than those of events that were committed meanwhile. */
async function twoEvents(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben");
  const complete = (claimed: Claimed | undefined) =>
    binding.complete({ eventId: claimed?.eventId ?? null, processor: "p", success: true });
  await ann.does("begin");
  await ann.asks(binding.publish(event(1)));
  const call = await ben.starts(binding.publish(event(4)));
  if (call.waitsFor.length > 0)
    stage.tally.meet("a publisher waits for one that commits two events");
  const [first] = claimedOf(await ann.asks(binding.claim(claimBy("p"))));
  await ann.asks(complete(first));
  const second = answered(await ann.asks(binding.publish(event(3))));
  await ann.asks(binding.claim(claimBy("p")));
  await ann.does("commit");
  const third = answered(await call.answer());
  judge.demand(Number(third) > Number(second), {
    expected: `ben's event, committed after ann's event ${String(second)}, has a greater id`,
    happened: `its id is ${String(third)}`,
  });
}

async function otherKeys(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben");
  await ann.does("begin");
  await ann.asks(binding.publish(event(1)));
  const others = [{ aggregateType: "invoice" }, { aggregateId: "beta" }, { eventType: "created" }];
  for (const other of others) {
    const call = await ben.starts(binding.publish({ ...event(1), ...other }));
    stage.tally.meet("publishers of other keys at work");
    judge.demandEqual(call.waitsFor, [], "for whom a publisher of another key waits");
    await call.answer();
  }
  await ann.does("commit");
}
