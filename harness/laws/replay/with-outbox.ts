import { anyIsolation, schedule } from "../../explore/schedule.ts";
import { race } from "../../explore/race.ts";
import { demandSomeOrder, historyJudged } from "../../explore/judge-history.ts";
import { tellReading, type ToldOperation } from "../../explore/told-operation.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Actor } from "../../explore/actor.ts";
import { plainText, type Query } from "../../postgres/query.ts";
import type { Session } from "../../postgres/session.ts";
import type { Law } from "../law.ts";
import type { ReplayBinding } from "./replay-binding.ts";
import { bothOrNeither, type Left, type LeftInput, tellTransactions } from "./replay-model.ts";
import { alreadyReplayed, enter, readRecords, replayOf, type ReplayPlay } from "./replay-calls.ts";

export const withOutbox: Law<ReplayBinding> = {
  id: "replay.with-outbox",
  claim: "record and publish in one transaction: both or neither",
  situations: [
    "committed",
    "rolled back",
    "failed",
    "cut off",
    "asked again after a rollback",
    historyJudged,
  ],
  isBound: ({ publish, published }) => publish !== undefined && published !== undefined,
  trial: inOrder(
    schedule(
      "the transaction does not commit, and another session tries again",
      notCommitted,
      anyIsolation,
    ),
    schedule("one waits for another that records and publishes", waits, anyIsolation),
    race<ReplayBinding>({
      title: "whoever is told that it is the first publishes, and some roll back",
      callers: { quick: 3, default: 8, thorough: 16 },
      rounds: { quick: 2, default: 15, thorough: 400 },
      async round({ binding }, caller, round) {
        const key = `m-${round}`;
        const end = caller.random.below(3) === 0 ? "rollback" : "commit";
        await caller.inTransaction(end, async () => {
          const call = { originalId: key, deadLetterId: null, replayedBy: caller.name };
          const answer = await caller.asks(binding.record(call), "record", key);
          if (alreadyReplayed(answer) === false)
            await caller.asks(publishing(binding, key), "publish", key);
        });
      },
      async judge(recorder, history, { binding, database, tally }) {
        const found: ToldOperation<LeftInput, Left>[] = [];
        await using session = await database.connect({ name: "reader", role: "app" });
        for (const key of new Set(history.map(({ input }) => String(input)))) {
          const left = await readBoth(binding, { session }, key);
          recorder.demandEqual(left.events, left.records, `events of ${key} beside its records`);
          found.push(tellReading({ kind: "reading", key }, left, `counts what is left of ${key}`));
        }
        const told = [...tellTransactions(history), ...found];
        demandSomeOrder({ recorder, tally }, bothOrNeither, told);
      },
    }),
  ),
};

const neither: Left = { records: 0, events: 0 };
const both: Left = { records: 1, events: 1 };

async function notCommitted(play: ReplayPlay): Promise<void> {
  const { judge, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  const cut = await enter(play, "cut", isolation);
  const ben = await enter(play, "ben", isolation);
  const left = (): Promise<Left> => readBoth(play.binding, ben, "m-1");

  await recordAndPublish(play, ann);
  judge.demandEqual(await left(), neither, "what is there before the commit");
  await ann.does("rollback");
  stage.tally.meet("rolled back");
  judge.demandEqual(await left(), neither, "what is there after the rollback");

  await recordAndPublish(play, ann);
  await ann.does("select 1 / 0");
  await ann.does("commit");
  stage.tally.meet("failed");
  judge.demandEqual(await left(), neither, "what is there of a transaction that failed");

  await recordAndPublish(play, cut);
  const tell = judge.begin("cut", "loses its connection");
  cut.session.drop();
  tell("");
  stage.tally.meet("cut off");

  // It waits until the server has noticed that the connection is gone.
  await recordAndPublish(play, ben);
  await ben.does("commit");
  stage.tally.meet("asked again after a rollback");
  stage.tally.meet("committed");
  judge.demandEqual(await left(), both, "what is there after the commit");
}

async function waits(play: ReplayPlay): Promise<void> {
  const { binding, judge, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  const ben = await enter(play, "ben", isolation);
  await recordAndPublish(play, ann);
  await ben.does("begin");
  const call = await ben.starts(binding.record(replayOf()));
  await ann.does("commit");
  if (alreadyReplayed(await call.answer()) === false) await ben.asks(publishing(binding, "m-1"));
  await ben.does("commit");
  judge.demandEqual(await readBoth(binding, ann, "m-1"), both, "what both left");
}

/** In a transaction that stays open. */
async function recordAndPublish({ binding, judge }: ReplayPlay, actor: Actor): Promise<void> {
  await actor.does("begin");
  const answer = await actor.asks(binding.record(replayOf()));
  judge.demandEqual(alreadyReplayed(answer), false, "whether it was already replayed");
  const published = await actor.asks(publishing(binding, "m-1"));
  judge.demandEqual(published.kind, "rows", "the answer to publish");
}

async function readBoth(
  binding: ReplayBinding,
  { session }: { session: Session },
  key: string,
): Promise<Left> {
  const records = await readRecords(binding, { session });
  const events = binding.published === undefined ? [] : await session.all(binding.published(key));
  return {
    records: records.filter(({ originalId }) => originalId === key).length,
    events: events[0]?.answer ?? 0,
  };
}

function publishing({ publish }: ReplayBinding, key: string): Query {
  return publish?.(key) ?? plainText("select 1");
}
