import { nameInstants } from "../../explore/name-instants.ts";
import { anyIsolation, schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import { gaveUp } from "../gave-up.ts";
import { answered } from "../answered.ts";
import type { Law } from "../law.ts";
import type { ArchiveBinding } from "./archive-binding.ts";
import {
  type ArchivePlay,
  contents,
  enter,
  letterReader,
  letterWith,
  readLetters,
  withNames,
} from "./archive-calls.ts";
import { archiveSequences } from "./archive-sequences.ts";
import { archivePairs } from "./archive-programs.ts";

export const nothingDiscarded: Law<ArchiveBinding> = {
  id: "archive.nothing-discarded",
  claim: "other content under the same id raises 23505; nothing is silently dropped",
  situations: [
    "other content",
    "other content than nulls",
    "other content while the first is not committed",
  ],
  trial: inOrder(
    ...Object.entries(contents).map(([argument, values]) =>
      schedule<ArchiveBinding>(`other content in ${argument}`, (play) =>
        oneArgument(play, argument, values),
      ),
    ),
    archiveSequences((recorder, { before, answer, after, known }, stage) => {
      if (known?.isSame !== false) return;
      stage.tally.meet("other content");
      recorder.demandEqual(answered(answer), "error 23505", toOtherContent);
      const nameOf = nameInstants();
      const wanted = withNames(before, nameOf);
      recorder.demandEqual(withNames(after, nameOf), wanted, "the letters in the archive");
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
    archivePairs({ reason: "another" }),
  ),
};

const toOtherContent = "the answer to other content under the same id";

/** Each thing that the argument can say is archived, and then all others are tried under the same id. */
async function oneArgument(
  play: ArchivePlay,
  argument: string,
  values: readonly unknown[],
): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  const read = letterReader(binding, ann);
  for (const [index, first] of values.entries()) {
    const deadLetterId = `d-${index + 1}`;
    await ann.asks(binding.archive(letterWith({ deadLetterId, [argument]: first })));
    const before = await read();
    for (const other of values.filter((value) => value !== first)) {
      const answer = await ann.asks(
        binding.archive(letterWith({ deadLetterId, [argument]: other })),
      );
      judge.demandEqual(answered(answer), "error 23505", toOtherContent);
      stage.tally.count("comparisons");
    }
    judge.demandEqual(await read(), before, "the letters in the archive");
    stage.tally.meet(first === null ? "other content than nulls" : "other content");
  }
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
