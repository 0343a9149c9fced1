import { nameInstants } from "../../explore/name-instants.ts";
import { anyIsolation, schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Law } from "../law.ts";
import type { ReplayBinding, ReplayCall, ReplayRecord } from "./replay-binding.ts";
import {
  beginWithSnapshot,
  commitAfter,
  enter,
  named,
  readRecords,
  recordReader,
  type ReplayPlay,
} from "./replay-calls.ts";
import { type RecordedCall, replaySequences } from "./replay-sequences.ts";
import { replayPairs } from "./replay-programs.ts";

export const firstWins: Law<ReplayBinding> = {
  id: "replay.first-wins",
  claim:
    "what the first call recorded is not changed by later ones, " +
    "save that new_msg_id is filled once and then final (another one is ignored)",
  situations: [
    "a later call",
    "two record at once",
    "filled",
    "another id for what is filled",
    "two fill at once",
    "filled behind a snapshot",
  ],
  trial: inOrder(
    schedule("a second call differs in everything", oneAfterTheOther),
    replaySequences((recorder, call, stage) => {
      if (call.known !== undefined) stage.tally.meet("a later call");
      const nameOf = nameInstants();
      const told = (records: readonly ReplayRecord[]): readonly ReplayRecord[] =>
        records.map((record) => named(record, nameOf));
      const wanted = told(expected(call, stage.binding));
      recorder.demandEqual(told(call.after), wanted, "the records after the call");
    }),
    schedule("two record at once", twoRecord, anyIsolation),
    schedule(
      "two fill in an id, and the first commits",
      (play) => twoFill(play, "commit"),
      anyIsolation,
    ),
    schedule("two fill in an id, and the first rolls back", (play) => twoFill(play, "rollback")),
    schedule("filled in after a snapshot saw it open", behindSnapshot, anyIsolation),
    replayPairs({ ann: { newId: "n-1" }, ben: { newId: "n-2", deadLetterId: "d-2" } }),
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

const secondCall: ReplayCall = {
  originalId: "m-1",
  deadLetterId: "d-1",
  candidateId: 8,
  idempotencyKey: "00000000-0000-0000-0000-00000000000a",
  replayedBy: "ben",
};

async function oneAfterTheOther(play: ReplayPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  const read = recordReader(binding, ann);
  await ann.asks(binding.record(firstCall));
  const [first] = await read();
  const demandRecord = async (newId: string | null, status: string): Promise<void> => {
    judge.demandEqual(await read(), [{ ...first, newId, status }], "the record");
  };
  const { reserved, replayed } = binding.statuses;
  await demandRecord(null, reserved);
  await ann.asks(binding.record(secondCall));
  stage.tally.meet("a later call");
  await demandRecord(null, reserved);
  await ann.asks(binding.record({ ...secondCall, newId: "n-1" }));
  stage.tally.meet("filled");
  await demandRecord("n-1", replayed);
  for (const newId of ["n-2", null]) {
    await ann.asks(binding.record({ ...secondCall, newId }));
    stage.tally.meet("another id for what is filled");
    await demandRecord("n-1", replayed);
  }
}

async function twoRecord(play: ReplayPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  const ben = await enter(play, "ben", isolation);
  await ann.does("begin");
  await ann.asks(binding.record(firstCall));
  const read = recordReader(binding, ann);
  const first = await read();
  const call = await ben.starts(binding.record(secondCall));
  stage.tally.meet("two record at once");
  await ann.does("commit");
  await call.answer();
  judge.demandEqual(await read(), first, "the record");
}

async function twoFill(play: ReplayPlay, end: "commit" | "rollback"): Promise<void> {
  const { binding, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  const ben = await enter(play, "ben", isolation);
  await ann.asks(binding.record(firstCall));
  await ann.does("begin");
  await ann.asks(binding.record({ ...firstCall, newId: "n-1" }));
  const call = await ben.starts(binding.record({ ...firstCall, newId: "n-2" }));
  stage.tally.meet("two fill at once");
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
