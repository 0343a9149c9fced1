import { schedule } from "../../explore/schedule.ts";
import { blanks, type BadCall, demandRefused } from "../bad-input.ts";
import { answered } from "../answered.ts";
import type { Law } from "../law.ts";
import type { ArchiveBinding, ArchiveCall } from "./archive-binding.ts";
import {
  type ArchivePlay,
  enter,
  letterReader,
  letterWith,
  nulls,
  readLetters,
} from "./archive-calls.ts";

export const input: Law<ArchiveBinding> = {
  id: "archive.input",
  claim: "bad input: 22023, nothing changed",
  situations: [
    "bad input for a new letter",
    "bad input for a known letter",
    "input that may be null",
  ],
  trial: schedule("null, blank and negative arguments", badInput),
};

async function badInput(play: ArchivePlay): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  const readState = letterReader(binding, ann);
  await demandRefused(ann, judge, badCalls(binding), readState);
  stage.tally.meet("bad input for a new letter");
  const open = letterWith(nulls);
  const id = answered(await ann.asks(binding.archive(open)));
  judge.demandEqual(
    (await readLetters(binding, ann)).map(({ archiveId: each }) => each),
    [id],
    "the letters in the archive",
  );
  stage.tally.meet("input that may be null");
  await demandRefused(ann, judge, badCalls(binding), readState);
  stage.tally.meet("bad input for a known letter");
}

function badCalls({ archive, argumentNames }: ArchiveBinding): BadCall[] {
  const bad = (argument: keyof ArchiveCall, value: string | number | null): BadCall => ({
    query: archive({ ...letterWith(), [argument]: value }),
    argument: argumentNames?.[argument],
  });
  return [
    bad("deadLetterId", null),
    bad("payload", null),
    bad("reclaimCount", null),
    bad("reclaimCount", -1),
    bad("archivedBy", null),
    ...blanks.flatMap((blank) => [bad("deadLetterId", blank), bad("archivedBy", blank)]),
  ];
}
