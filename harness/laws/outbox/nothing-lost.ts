import type { Event } from "../../history/event.ts";
import { demandSomeOrder, historyJudged } from "../../explore/judge-history.ts";
import type { Recorder } from "../../explore/recorder.ts";
import { race } from "../../explore/race.ts";
import { schedule } from "../../explore/schedule.ts";
import type { Stage } from "../../explore/stage.ts";
import { tellReading, type ToldOperation } from "../../explore/told-operation.ts";
import { inOrder } from "../../explore/trial.ts";
import { isTrue } from "../answered.ts";
import type { Law } from "../law.ts";
import type { Claimed, OutboxBinding, OutboxEvent } from "./outbox-binding.ts";
import { claimBy, claimedOf, event, keyOf, payload, readEvents } from "./outbox-calls.ts";
import {
  sinceLastPublication,
  standing,
  type StandingInput,
  tellStanding,
} from "./publication-model.ts";
import { enter, type OutboxPlay } from "./outbox-scenes.ts";
import { outboxSequences } from "./outbox-sequences.ts";
import { outboxFaults, outboxPairs } from "./outbox-programs.ts";

export const nothingLost: Law<OutboxBinding> = {
  id: "outbox.nothing-lost",
  claim: "for every key the payload committed last is delivered, or is parked for all to see",
  situations: [
    "a publisher waits while the key's events are claimed",
    "raced to the end",
    historyJudged,
  ],
  trial: inOrder(
    schedule<OutboxBinding>("a publisher waits while the key's events are claimed", waits),
    outboxSequences((recorder, { operation, after, past }) => {
      const operations = [...past.map((step) => step.operation), operation];
      const last = new Map(
        operations.flatMap((each) =>
          each.kind === "publish" ? [[keyOf({ ...event(each.number), ...each.key }), each]] : [],
        ),
      );
      for (const [key, { number }] of last) demandStanding(recorder, after, key, payload(number));
    }),
    race<OutboxBinding>({
      title: "publishers and processors at work",
      callers: { quick: 3, default: 6, thorough: 16 },
      rounds: { quick: 2, default: 12, thorough: 400 },
      async round({ binding }, caller, round) {
        if (caller.random.below(2) === 0) {
          const number = round * 100 + Number(caller.name.replace(/\D/g, ""));
          const key = caller.random.pick(["alpha", "beta"]);
          const publication = event(number, key);
          await caller.asks(binding.publish(publication), "publish", publication);
          return;
        }
        const answer = await caller.asks(binding.claim(claimBy(caller.name, 2)), "claim");
        for (const claimed of claimedOf(answer)) {
          const success = caller.random.below(3) > 0;
          const { eventId } = claimed;
          const call = { eventId, processor: caller.name, success, retryDelaySeconds: 0 };
          await caller.asks(binding.complete(call), success ? "deliver" : "fail", claimed);
        }
      },
      judge: judgeRace,
    }),
    outboxPairs({ ann: ["claim", "complete"], ben: ["publish"] }),
    outboxFaults({ ann: ["publish"], ben: ["publish"] }),
  ),
};

/** The newest event of a key has the payload, and nothing hides it: delivered by itself, open or parked. */
function demandStanding(
  recorder: Recorder,
  events: readonly OutboxEvent[],
  key: string,
  wanted: string,
): void {
  const newest = events.findLast((each) => keyOf(each) === key);
  recorder.demandEqual(newest?.payload, wanted, `the payload of the newest event of ${key}`);
  recorder.demandEqual(
    newest?.supersededBy ?? null,
    null,
    "by what the newest event is superseded",
  );
}

/** Its id must not be drawn before the wait: what it commits last would look older than what went before. */
async function waits(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben");
  await ann.does("begin");
  await ann.asks(binding.publish(event(1)));
  const call = await ben.starts(binding.publish(event(4)));
  if (call.waitsFor.length > 0)
    stage.tally.meet("a publisher waits while the key's events are claimed");
  const [first] = claimedOf(await ann.asks(binding.claim(claimBy("p"))));
  await ann.asks(binding.complete(delivered(first)));
  await ann.asks(binding.publish(event(3)));
  await ann.asks(binding.claim(claimBy("p")));
  await ann.does("commit");
  await call.answer();
  const key = keyOf(event(4));
  demandStanding(judge, await readEvents(binding, ann), key, payload(4));
}

function delivered(claimed: Claimed | undefined) {
  return { eventId: claimed?.eventId ?? null, processor: "p", success: true };
}

async function judgeRace(
  recorder: Recorder,
  history: readonly Event[],
  stage: Stage<OutboxBinding>,
): Promise<void> {
  const { binding, database, tally } = stage;
  await using session = await database.connect({ name: "drain", role: "app" });
  const told: ToldOperation<StandingInput, boolean>[] = [...tellStanding(history)];
  await database.advance(binding.claimSeconds + 1);
  for (;;) {
    const claimed = await session.all(binding.claim(claimBy("drain")));
    if (claimed.length === 0) break;
    for (const each of claimed) {
      const call = { eventId: each.eventId, processor: "drain", success: true };
      if (isTrue(await session.answer(binding.complete(call))))
        told.push(
          tellReading(
            { kind: "deliver", key: keyOf(each), payload: each.payload },
            true,
            `delivers ${each.payload} of ${keyOf(each)}, event ${each.eventId}`,
          ),
        );
    }
  }
  tally.meet("raced to the end");
  const published = history.filter(({ operation }) => operation === "publish");
  const events = await session.all(binding.events());
  for (const [key, ofKey] of Map.groupBy(events, keyOf)) {
    const newest = ofKey.at(-1);
    recorder.demand(newest?.processed === true || newest?.parked === true, {
      expected: `the newest event of ${key} is delivered or parked once everybody is done`,
      happened: `it is still open, with ${newest?.retryCount} failures`,
    });
    recorder.demandEqual(
      newest?.supersededBy ?? null,
      null,
      `what superseded the newest of ${key}`,
    );
    if (newest !== undefined) told.push(tellNewest(newest));
  }
  recorder.demand(events.length > 0 && published.length > 0, {
    expected: "something was published",
    happened: "nothing was",
  });
  demandSomeOrder({ recorder, tally }, standing, sinceLastPublication(told));
}

function tellNewest(newest: OutboxEvent): ToldOperation<StandingInput, boolean> {
  const { payload: text, parked } = newest;
  const input = { kind: "reading", key: keyOf(newest), payload: text, isParked: parked } as const;
  return tellReading<StandingInput, boolean>(
    input,
    true,
    `reads that the newest event of ${input.key} has ${text} and is ${parked ? "" : "not "}parked`,
  );
}
