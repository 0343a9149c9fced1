import { anyIsolation, schedule } from "../../explore/schedule.ts";
import { demandSomeOrder, historyJudged } from "../../explore/judge-history.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Law } from "../law.ts";
import type { ReplayBinding } from "./replay-binding.ts";
import {
  beginWithSnapshot,
  commitAfter,
  enter,
  readRecords,
  replayId,
  replayOf,
  type ReplayPlay,
} from "./replay-calls.ts";
import { replayIds, tellRecords } from "./replay-model.ts";
import { replayPairs } from "./replay-programs.ts";
import { replayRace } from "./replay-race.ts";
import { replaySequences } from "./replay-sequences.ts";

export const sameId: Law<ReplayBinding> = {
  id: "replay.same-id",
  claim: "every call for one original id gets the same replay_id",
  situations: ["asked before", "asked while the first is open", "an old snapshot", historyJudged],
  trial: inOrder(
    replaySequences((recorder, { operation, answer, after, known }, stage) => {
      if (known !== undefined) stage.tally.meet("asked before");
      const record = known ?? after.find(({ originalId }) => originalId === operation.originalId);
      recorder.demandEqual(
        replayId(answer),
        record?.replayId,
        `the replay of ${JSON.stringify(operation.originalId)}`,
      );
    }),
    schedule("asked while the first has not committed", whileWaiting, anyIsolation),
    schedule("asked after the first, behind a snapshot", behindSnapshot, anyIsolation),
    replayRace((recorder, calls, { tally }, history) => {
      for (const [original, committed] of Map.groupBy(calls, ({ originalId }) => originalId)) {
        const ids = new Set(committed.map(({ told }) => told?.replayId));
        recorder.demand(ids.size === 1 && typeof [...ids][0] === "number", {
          expected: `those who committed are told one replay of ${original}`,
          happened: committed.map(({ who, outcome }) => `${who}: ${outcome}`).join("; "),
        });
      }
      demandSomeOrder({ recorder, tally }, replayIds, tellRecords(history));
    }),
    replayPairs({ ann: {}, ben: { newId: "n-2", deadLetterId: "d-2" } }),
  ),
};

async function whileWaiting(play: ReplayPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  const ben = await enter(play, "ben", isolation);
  await ann.does("begin");
  const first = replayId(await ann.asks(binding.record(replayOf())));
  const call = await ben.starts(binding.record(replayOf({ deadLetterId: "d-2" })));
  stage.tally.meet("asked while the first is open");
  await ann.does("commit");
  const answer = await call.answer();
  if (answer.kind === "rows") judge.demandEqual(replayId(answer), first, "ben's replay");
  stage.tally.meet("asked before");
  const later = replayId(await ben.asks(binding.record(replayOf({ newId: "n-1" }))));
  judge.demandEqual(later, first, "the replay that ben is told when asking again");
  const [record] = await readRecords(binding, ann);
  judge.demandEqual(record?.replayId, first, "the record's id");
}

async function behindSnapshot(play: ReplayPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben", isolation);
  await beginWithSnapshot(ben, judge, binding);
  const first = replayId(await ann.asks(binding.record(replayOf())));
  const answer = await ben.asks(binding.record(replayOf()));
  stage.tally.meet("an old snapshot");
  if (await commitAfter(ben, answer, isolation))
    judge.demandEqual(replayId(answer), first, "ben's replay");
}
