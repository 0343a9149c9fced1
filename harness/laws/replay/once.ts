import { anyIsolation, schedule } from "../../explore/schedule.ts";
import { demandSomeOrder, historyJudged } from "../../explore/judge-history.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Answer } from "../../postgres/session.ts";
import type { Law } from "../law.ts";
import type { ReplayBinding } from "./replay-binding.ts";
import {
  alreadyReplayed,
  beginWithSnapshot,
  commitAfter,
  enter,
  readRecords,
  replayOf,
  type ReplayPlay,
} from "./replay-calls.ts";
import { firstCalls, tellRecords } from "./replay-model.ts";
import { replayRace } from "./replay-race.ts";
import { replaySequences } from "./replay-sequences.ts";
import { replayPairs } from "./replay-programs.ts";

export const once: Law<ReplayBinding> = {
  id: "replay.once",
  claim:
    "of all committed calls for one original id exactly one answered already_replayed = false, " +
    "in any schedule, any isolation; if the winner rolls back, another wins",
  situations: [
    "recorded before",
    "two ask at once",
    "the winner rolls back",
    "two wait for one that rolls back",
    "an old snapshot",
    historyJudged,
  ],
  trial: inOrder(
    replaySequences((recorder, { operation, answer, after, known }, stage) => {
      if (known !== undefined) stage.tally.meet("recorded before");
      recorder.demandEqual(
        alreadyReplayed(answer),
        known !== undefined,
        `whether ${JSON.stringify(operation.originalId)} was already replayed`,
      );
      const records = after.filter(({ originalId }) => originalId === operation.originalId);
      recorder.demandEqual(records.length, 1, "records of the original");
    }),
    schedule("asks again in one transaction, and after a savepoint was taken back", inOneSession),
    schedule("two ask, and the first commits", (play) => twoAsk(play, "commit"), anyIsolation),
    schedule("two ask, and the first rolls back", (play) => twoAsk(play, "rollback"), anyIsolation),
    schedule("two wait for a first that rolls back", threeAsk),
    schedule("recorded after a snapshot saw no record", behindSnapshot, anyIsolation),
    replayRace(async (recorder, calls, stage, history) => {
      for (const [original, committed] of Map.groupBy(calls, ({ originalId }) => originalId)) {
        const firsts = committed.filter(({ told }) => told?.alreadyReplayed === false);
        recorder.demand(
          firsts.length === 1 &&
            committed.every(({ told }) => typeof told?.alreadyReplayed === "boolean"),
          {
            expected: `of those who committed one is told that ${original} was not replayed yet`,
            happened: committed.map(({ who, outcome }) => `${who}: ${outcome}`).join("; "),
          },
        );
      }
      await using reader = await stage.database.connect({ name: "reader", role: "app" });
      const records = await readRecords(stage.binding, { session: reader });
      const originals = new Set(calls.map(({ originalId }) => originalId));
      recorder.demandEqual(records.length, originals.size, "records after the race");
      demandSomeOrder({ recorder, tally: stage.tally }, firstCalls, tellRecords(history));
    }),
    replayPairs({ ann: {}, ben: {} }),
  ),
};

async function inOneSession(play: ReplayPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben");
  await ann.does("begin");
  demandTold(play, await ann.asks(binding.record(replayOf())), false);
  demandTold(play, await ann.asks(binding.record(replayOf())), true);
  stage.tally.meet("recorded before");
  await ann.does("savepoint before");
  const other = replayOf({ originalId: "m-2" });
  demandTold(play, await ann.asks(binding.record(other)), false);
  await ann.does("rollback to before");
  demandTold(play, await ben.asks(binding.record(other)), false);
  await ann.does("commit");
  demandTold(play, await ben.asks(binding.record(replayOf())), true);
  judge.demandEqual((await readRecords(binding, ben)).length, 2, "records of two originals");
}

/** The second asks while the first has not committed. */
async function twoAsk(play: ReplayPlay, end: "commit" | "rollback"): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  const ben = await enter(play, "ben", isolation);
  await ann.does("begin");
  demandTold(play, await ann.asks(binding.record(replayOf())), false);
  await ben.does("begin");
  const call = await ben.starts(binding.record(replayOf()));
  await ann.does(end);
  const answer = await call.answer();
  const counts = await commitAfter(ben, answer, isolation);
  if (counts) demandTold(play, answer, end === "commit");
  stage.tally.meet(end === "commit" ? "two ask at once" : "the winner rolls back");
  const left = counts || end === "commit" ? 1 : 0;
  judge.demandEqual((await readRecords(binding, ann)).length, left, "records of the original");
}

async function threeAsk(play: ReplayPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  await ann.does("begin");
  demandTold(play, await ann.asks(binding.record(replayOf())), false);
  const waiting = await Promise.all(
    ["ben", "cat"].map(async (name) => {
      const actor = await enter(play, name);
      await actor.does("begin");
      return { actor, call: await actor.starts(binding.record(replayOf())) };
    }),
  );
  await ann.does("rollback");
  // Whoever of the two comes first is waited for by the other until it commits.
  const answers = await Promise.all(
    waiting.map(async ({ actor, call }) => {
      const answer = await call.answer();
      await actor.does("commit");
      return alreadyReplayed(answer);
    }),
  );
  stage.tally.meet("two wait for one that rolls back");
  judge.demandEqual(answers.map(String).toSorted(), ["false", "true"], "the answers of the two");
}

async function behindSnapshot(play: ReplayPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben", isolation);
  await beginWithSnapshot(ben, judge, binding);
  demandTold(play, await ann.asks(binding.record(replayOf())), false);
  const answer = await ben.asks(binding.record(replayOf()));
  if (await commitAfter(ben, answer, isolation)) demandTold(play, answer, true);
  stage.tally.meet("an old snapshot");
  judge.demandEqual((await readRecords(binding, ann)).length, 1, "records of the original");
}

function demandTold({ judge }: ReplayPlay, answer: Answer, expected: boolean): void {
  judge.demandEqual(alreadyReplayed(answer), expected, "whether it was already replayed");
}
