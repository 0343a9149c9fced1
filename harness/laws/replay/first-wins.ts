import { anyIsolation, schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Law } from "../law.ts";
import type { ReplayBinding, ReplayCall, ReplayRecord } from "./replay-binding.ts";
import {
  beginWithSnapshot,
  commitAfter,
  enter,
  readRecords,
  type ReplayPlay,
} from "./replay-calls.ts";
import { type RecordedCall, replaySequences } from "./replay-sequences.ts";

export const firstWins: Law<ReplayBinding> = {
  id: "replay.first-wins",
  claim:
    "what the first call recorded is not changed by later ones, " +
    "save that new_msg_id is filled once and then final (another one is ignored)",
  situations: [
    "a later call",
    "filled",
    "another id for what is filled",
    "two fill at once",
    "filled behind a snapshot",
  ],
  trial: inOrder(
    schedule("a second call differs in everything", secondCall),
    replaySequences((recorder, call, stage) => {
      if (call.known !== undefined) stage.tally.meet("a later call");
      recorder.demandEqual(call.after, expected(call, stage.binding), "the records after the call");
    }),
    schedule(
      "two fill in an id, and the first commits",
      (play) => twoFill(play, "commit"),
      anyIsolation,
    ),
    schedule("two fill in an id, and the first rolls back", (play) => twoFill(play, "rollback")),
    schedule("filled in after a snapshot saw it open", behindSnapshot, anyIsolation),
  ),
};

/** A record of before with its id filled in if it had none, or a new one with what the call says. */
function expected(
  { before, operation, after, known }: RecordedCall,
  { statuses }: ReplayBinding,
): readonly ReplayRecord[] {
  const { kind: _, ...said } = operation;
  const added = after.find(({ originalId }) => originalId === operation.originalId);
  const { replayId = -1, replayedAt = "missing" } = added ?? {};
  const record = known ?? { ...said, replayId, replayedAt, status: "" };
  const newId = record.newId ?? operation.newId;
  const status = newId === null ? statuses.reserved : statuses.replayed;
  const settled = { ...record, newId, status };
  return known === undefined
    ? [...before, settled]
    : before.map((each) => (each === known ? settled : each));
}

const firstCall: ReplayCall = {
  originalId: "m-1",
  deadLetterId: null,
  candidateId: 7,
  idempotencyKey: null,
  replayedBy: "ann",
};

async function secondCall(play: ReplayPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  const other: ReplayCall = {
    originalId: "m-1",
    deadLetterId: "d-1",
    candidateId: 8,
    idempotencyKey: "00000000-0000-0000-0000-00000000000a",
    replayedBy: "ben",
  };
  await ann.asks(binding.record(firstCall));
  const [first] = await readRecords(binding, ann);
  const demandRecord = async (newId: string | null, status: string): Promise<void> => {
    const records = await readRecords(binding, ann);
    judge.demandEqual(records, [{ ...first, newId, status }], "the record");
  };
  const { reserved, replayed } = binding.statuses;
  await demandRecord(null, reserved);
  await ann.asks(binding.record(other));
  stage.tally.meet("a later call");
  await demandRecord(null, reserved);
  await ann.asks(binding.record({ ...other, newId: "n-1" }));
  stage.tally.meet("filled");
  await demandRecord("n-1", replayed);
  for (const newId of ["n-2", null]) {
    await ann.asks(binding.record({ ...other, newId }));
    stage.tally.meet("another id for what is filled");
    await demandRecord("n-1", replayed);
  }
}

async function twoFill(play: ReplayPlay, end: "commit" | "rollback"): Promise<void> {
  const { binding, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  const ben = await enter(play, "ben", isolation);
  await ann.asks(binding.record(firstCall));
  await ann.does("begin");
  await ann.asks(binding.record({ ...firstCall, newId: "n-1" }));
  const call = await ben.starts(binding.record({ ...firstCall, newId: "n-2" }));
  if (call.waitsFor.length > 0) stage.tally.meet("two fill at once");
  await ann.does(end);
  await call.answer();
  await demandNewId(play, end === "commit" ? "n-1" : "n-2");
}

async function behindSnapshot(play: ReplayPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben", isolation);
  await ann.asks(binding.record(firstCall));
  await beginWithSnapshot(ben, judge, binding);
  await ann.asks(binding.record({ ...firstCall, newId: "n-1" }));
  const answer = await ben.asks(binding.record({ ...firstCall, newId: "n-2" }));
  await commitAfter(ben, answer, isolation);
  stage.tally.meet("filled behind a snapshot");
  await demandNewId(play, "n-1");
}

async function demandNewId(play: ReplayPlay, newId: string): Promise<void> {
  const reader = await enter(play, "reader");
  const records = await readRecords(play.binding, reader);
  play.judge.demandEqual(
    records.map((each) => each.newId),
    [newId],
    "the new message's id",
  );
}
