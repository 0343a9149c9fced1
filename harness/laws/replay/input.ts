import { schedule } from "../../explore/schedule.ts";
import { blanks, type BadCall, demandRefused } from "../bad-input.ts";
import type { Law } from "../law.ts";
import type { ReplayBinding, ReplayCall } from "./replay-binding.ts";
import { alreadyReplayed, enter, recordReader, replayOf, type ReplayPlay } from "./replay-calls.ts";

export const input: Law<ReplayBinding> = {
  id: "replay.input",
  claim: "bad input: 22023, nothing changed",
  situations: [
    "bad input for a new original",
    "bad input for a known original",
    "input that may be null",
  ],
  trial: schedule("null and blank arguments", nullAndBlank),
};

async function nullAndBlank(play: ReplayPlay): Promise<void> {
  const { binding, cast, judge, stage } = play;
  const ann = await enter(play, "ann");
  const owner = await cast.enter("owner", { role: "deployer" });
  const countDuplicates = async (): Promise<number | undefined> => {
    if (binding.duplicates === undefined) return undefined;
    const { answer } = await owner.session.one(binding.duplicates());
    return answer;
  };
  const read = recordReader(binding, ann);
  const readState = async (): Promise<unknown> => ({
    records: await read(),
    duplicates: await countDuplicates(),
  });

  await demandRefused(ann, judge, badCalls(binding, "m-1"), readState);
  stage.tally.meet("bad input for a new original");

  const open: ReplayCall = {
    ...replayOf(),
    candidateId: null,
    idempotencyKey: null,
    newId: null,
  };
  judge.demandEqual(alreadyReplayed(await ann.asks(binding.record(open))), false, "the answer");
  stage.tally.meet("input that may be null");
  const before = await countDuplicates();
  if (before !== undefined) {
    // A count that never moves would hide what a refused call does to it.
    await ann.asks(binding.record(open));
    judge.demandEqual(await countDuplicates(), before + 1, "duplicates after the same call again");
  }
  await demandRefused(ann, judge, badCalls(binding, "m-1"), readState);
  stage.tally.meet("bad input for a known original");
  await ann.asks(binding.record({ ...open, newId: "n-1" }));
  if (before !== undefined)
    judge.demandEqual(await countDuplicates(), before + 1, "duplicates after an id was filled in");
}

function badCalls({ record, argumentNames }: ReplayBinding, originalId: string): BadCall[] {
  const good = replayOf({ originalId, newId: "n-2" });
  const bad = (argument: keyof ReplayCall, value: string | null): BadCall => ({
    query: record({ ...good, [argument]: value }),
    argument: argumentNames?.[argument],
  });
  return [
    bad("originalId", null),
    bad("replayedBy", null),
    ...blanks.flatMap((blank) => [
      bad("originalId", blank),
      bad("replayedBy", blank),
      bad("newId", blank),
    ]),
  ];
}
