import { anyIsolation, schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import { gaveUp } from "../gave-up.ts";
import { answered } from "../answered.ts";
import type { Law } from "../law.ts";
import type { ArchiveBinding } from "./archive-binding.ts";
import { type ArchivePlay, enter, letterWith, otherContent, readLetters } from "./archive-calls.ts";
import { archiveSequences } from "./archive-sequences.ts";

export const nothingDiscarded: Law<ArchiveBinding> = {
  id: "archive.nothing-discarded",
  claim: "other content under the same id raises 23505; nothing is silently dropped",
  situations: [
    "other content",
    "other content than nulls",
    "other content while the first is not committed",
  ],
  trial: inOrder(
    schedule("other content in one argument at a time", oneArgument),
    archiveSequences((recorder, { before, answer, after, known }, stage) => {
      if (known?.isSame !== false) return;
      stage.tally.meet("other content");
      recorder.demandEqual(answered(answer), "error 23505", toOtherContent);
      recorder.demandEqual(after, before, "the letters in the archive");
    }),
    schedule(
      "other content while the first commits",
      (play) => whileOpen(play, "commit"),
      anyIsolation,
    ),
    schedule(
      "other content while the first rolls back",
      (play) => whileOpen(play, "rollback"),
      anyIsolation,
    ),
  ),
};

const toOtherContent = "the answer to other content under the same id";

async function oneArgument(play: ArchivePlay): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  await ann.asks(binding.archive(letterWith()));
  const demandRefused = async (more: Partial<ReturnType<typeof letterWith>>): Promise<void> => {
    const before = await readLetters(binding, ann);
    const answer = await ann.asks(binding.archive(letterWith(more)));
    judge.demandEqual(answered(answer), "error 23505", toOtherContent);
    judge.demandEqual(await readLetters(binding, ann), before, "the letters in the archive");
  };
  for (const more of otherContent) {
    await demandRefused(more);
    stage.tally.meet("other content");
  }
  // The other way round: nothing was said in the argument before, and now something is.
  for (const [index, more] of otherContent.filter(saysNothing).entries()) {
    const deadLetterId = `nothing-${index}`;
    await ann.asks(binding.archive(letterWith({ ...more, deadLetterId })));
    await demandRefused({ deadLetterId });
    stage.tally.meet("other content than nulls");
  }
}

function saysNothing(more: object): boolean {
  return Object.values(more).includes(null);
}

async function whileOpen(play: ArchivePlay, end: "commit" | "rollback"): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  const ben = await enter(play, "ben", isolation);
  await ann.does("begin");
  await ann.asks(binding.archive(letterWith({ reason: "ann's" })));
  const call = await ben.starts(binding.archive(letterWith({ reason: "ben's" })));
  await ann.does(end);
  const answer = await call.answer();
  stage.tally.meet("other content while the first is not committed");
  const kept = await reasonsIn(play);
  if (end === "commit") {
    if (!gaveUp(answer, isolation))
      judge.demandEqual(answered(answer), "error 23505", toOtherContent);
    judge.demandEqual(kept, ["ann's"], "the reasons in the archive");
  } else if (!gaveUp(answer, isolation)) {
    judge.demandEqual(answer.kind, "rows", "the answer to ben once ann has rolled back");
    judge.demandEqual(kept, ["ben's"], "the reasons in the archive");
  }
}

async function reasonsIn(play: ArchivePlay): Promise<readonly (string | null)[]> {
  const reader = await enter(play, "reader");
  return (await readLetters(play.binding, reader)).map(({ reason }) => reason);
}
