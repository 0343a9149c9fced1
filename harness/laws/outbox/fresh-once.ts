import { demandSomeOrder, historyJudged } from "../../explore/judge-history.ts";
import type { Recorder } from "../../explore/recorder.ts";
import { race } from "../../explore/race.ts";
import { anyIsolation, schedule } from "../../explore/schedule.ts";
import { tellReading } from "../../explore/told-operation.ts";
import { inOrder } from "../../explore/trial.ts";
import { answered } from "../answered.ts";
import { gaveUp } from "../gave-up.ts";
import type { Law } from "../law.ts";
import type { OutboxBinding, OutboxEvent } from "./outbox-binding.ts";
import { event, isFresh, keyOf, payload, readEvents, wholeSeconds } from "./outbox-calls.ts";
import {
  type Fresh,
  freshEvents,
  type FreshInput,
  sinceLastPublication,
  tellPublications,
} from "./publication-model.ts";
import { enter, type OutboxPlay } from "./outbox-scenes.ts";
import { outboxSequences } from "./outbox-sequences.ts";
import { outboxPairs } from "./outbox-programs.ts";

export const freshOnce: Law<OutboxBinding> = {
  id: "outbox.fresh-once",
  claim:
    "at most one fresh event per key: publishing again replaces the fresh event's payload and keeps its id and place, " +
    "else makes a new event",
  situations: [
    "a fresh event is replaced",
    "a claimed event gets a successor",
    "two publish at once",
    historyJudged,
  ],
  trial: inOrder(
    schedule<OutboxBinding>("two publish one key at once", twoAtOnce, anyIsolation),
    schedule<OutboxBinding>("a claimed event gets a successor", successor),
    outboxSequences((recorder, { before, operation, answer, after }, stage) => {
      demandOneFresh(recorder, after);
      if (operation.kind !== "publish") return;
      const key = keyOf({ ...event(operation.number), ...operation.key });
      const fresh = before.find((each) => isFresh(each) && keyOf(each) === key);
      const newest = Math.max(0, ...before.map(({ id }) => id));
      const id = Number(answered(answer));
      if (fresh === undefined) {
        recorder.demand(id > newest, {
          expected: "a new event, since the key has none that was never claimed",
          happened: `the answer is ${id}, and there were events up to ${newest}`,
        });
      } else {
        stage.tally.meet("a fresh event is replaced");
        recorder.demandEqual(id, fresh.id, "the id of the event that was published again");
        const now = after.find((each) => each.id === fresh.id);
        recorder.demandEqual(now?.payload, payload(operation.number), "its payload");
        recorder.demand(Math.abs((now?.secondsOld ?? 0) - fresh.secondsOld) < 10, {
          expected: `it keeps its place: it was ${wholeSeconds(fresh.secondsOld)} old`,
          happened: `it is ${wholeSeconds(now?.secondsOld)} old`,
        });
      }
    }),
    race<OutboxBinding>({
      title: "many publish one key",
      callers: { quick: 3, default: 6, thorough: 16 },
      rounds: { quick: 2, default: 8, thorough: 300 },
      async round({ binding }, caller, round) {
        await caller.asks(binding.publish(event(round)), "publish", event(round));
      },
      async judge(recorder, history, stage) {
        const ids = new Set(history.map(({ outcome }) => outcome));
        recorder.demandEqual(ids.size, 1, "how many different events the publishers were answered");
        await using reader = await stage.database.connect({ name: "reader", role: "app" });
        const events = await reader.all(stage.binding.events());
        demandOneFresh(recorder, events);
        const found = tellReading<FreshInput, readonly Fresh[]>(
          { kind: "reading", key: keyOf(event(0)), payload: "" },
          events.filter(isFresh).map(({ id, payload: text }) => ({ id, payload: text })),
          "reads the fresh events",
        );
        const { tally } = stage;
        const told = [...sinceLastPublication(tellPublications(history)), found];
        demandSomeOrder({ recorder, tally }, freshEvents, told);
      },
    }),
    outboxPairs({ ann: ["publish"], ben: ["publish"] }),
  ),
};

function demandOneFresh(recorder: Recorder, events: readonly OutboxEvent[]): void {
  const fresh = Map.groupBy(events.filter(isFresh), keyOf);
  for (const [key, ofKey] of fresh) {
    recorder.demandEqual(ofKey.length, 1, `how many events of ${key} were never claimed`);
  }
}

async function twoAtOnce(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  const ben = await enter(play, "ben", isolation);
  await ann.does("begin");
  const first = answered(await ann.asks(binding.publish(event(1))));
  const call = await ben.starts(binding.publish(event(2)));
  await ann.does("commit");
  const second = await call.answer();
  stage.tally.meet("two publish at once");
  const events = await readEvents(binding, ann);
  demandOneFresh(judge, events);
  if (gaveUp(second, isolation)) return;
  judge.demandEqual(answered(second), first, "ben's answer, after ann's event");
  judge.demandEqual(
    events.map((each) => each.payload),
    [payload(2)],
    "the payloads there are",
  );
}

async function successor(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const publisher = await enter(play, "publisher");
  const first = answered(await publisher.asks(binding.publish(event(1))));
  await publisher.asks(binding.claim({ processor: "p", batchSize: 1 }));
  const second = answered(await publisher.asks(binding.publish(event(2))));
  judge.demand(Number(second) > Number(first), {
    expected: "a new event, since the key's only one was claimed",
    happened: `the answers are ${String(first)} and ${String(second)}`,
  });
  await publisher.asks(binding.publish(event(3)));
  const events = await readEvents(binding, publisher);
  demandOneFresh(judge, events);
  judge.demandEqual(
    events.map((each) => each.payload),
    [payload(1), payload(3)],
    "the payloads",
  );
  stage.tally.meet("a claimed event gets a successor");
  stage.tally.meet("a fresh event is replaced");
}
