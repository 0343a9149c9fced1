import type { Actor } from "../../explore/actor.ts";
import { demandSomeOrder, historyJudged } from "../../explore/judge-history.ts";
import { race } from "../../explore/race.ts";
import type { Recorder } from "../../explore/recorder.ts";
import { anyIsolation, schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import { gaveUp } from "../gave-up.ts";
import { answered } from "../answered.ts";
import type { Law } from "../law.ts";
import type { ArchiveBinding, ArchivedLetter } from "./archive-binding.ts";
import {
  type ArchivePlay,
  beginWithSnapshot,
  enter,
  type GoodCall,
  letterWith,
  nulls,
  readLetters,
  sameContent,
} from "./archive-calls.ts";
import { archiveSequences } from "./archive-sequences.ts";
import { archivedOnce, tellArchiving } from "./archive-model.ts";
import { archivePairs } from "./archive-programs.ts";

export const once: Law<ArchiveBinding> = {
  id: "archive.once",
  claim:
    "one row per dead-letter id, in any schedule; the same content again (every argument but archived_by, nulls equal) " +
    "answers the same id and changes nothing: the first archived_at stays",
  situations: [
    "the same content again",
    "the same content with nulls",
    "two archive at once",
    "the first rolls back",
    "an old snapshot",
    historyJudged,
  ],
  trial: inOrder(
    schedule("the same content in other words", otherWords),
    archiveSequences((recorder, { call, before, answer, after, known }, stage) => {
      if (known?.isSame === false) return;
      const letter = known?.letter ?? after.find((each) => each.deadLetterId === call.deadLetterId);
      if (known !== undefined) stage.tally.meet("the same content again");
      recorder.demandEqual(answered(answer), letter?.archiveId, "the id of the archived letter");
      if (known !== undefined) demandUnchanged(recorder, before, after);
      else recorder.demandEqual(after.length, before.length + 1, "letters in the archive");
    }),
    schedule(
      "two archive a letter, and the first commits",
      (play) => twoArchive(play, "commit"),
      anyIsolation,
    ),
    schedule(
      "two archive a letter, and the first rolls back",
      (play) => twoArchive(play, "rollback"),
      anyIsolation,
    ),
    schedule("archived after a snapshot saw no letter", behindSnapshot, anyIsolation),
    race<ArchiveBinding>({
      title: "many archive the same letters, and some roll back",
      callers: { quick: 3, default: 8, thorough: 16 },
      rounds: { quick: 2, default: 15, thorough: 500 },
      async round({ binding }, caller, round) {
        const kept = caller.random.below(3) > 0;
        const call = letterWith({ deadLetterId: `d-${round}`, archivedBy: caller.name });
        await caller.inTransaction(kept ? "commit" : "rollback", async () => {
          const operation = kept ? keptArchiving : "archive, then roll back";
          await caller.asks(binding.archive(call), operation, call.deadLetterId);
        });
      },
      async judge(recorder, history, { binding, database, tally }) {
        await using session = await database.connect({ name: "reader", role: "app" });
        const letters = await readLetters(binding, { session });
        const kept = history.filter(({ operation }) => operation === keptArchiving);
        for (const { who, input, answer, outcome } of kept) {
          const [letter, ...more] = letters.filter(({ deadLetterId }) => deadLetterId === input);
          const rows = Array.isArray(answer) ? answer : [];
          const id = answered({ kind: "rows", rows });
          recorder.demand(letter?.archiveId === id && more.length === 0, {
            expected: `whoever archived ${String(input)} and committed is told the id of its one row`,
            happened: `${who} was told ${outcome}; rows: ${[letter, ...more].map((each) => each?.archiveId ?? "none").join(", ")}`,
          });
        }
        demandSomeOrder({ recorder, tally }, archivedOnce, tellArchiving(history, letters));
      },
    }),
    archivePairs({}),
  ),
};

const keptArchiving = "archive, then commit";

async function otherWords(play: ArchivePlay): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  const bare = { ...nulls, deadLetterId: "d-2" };
  const first = answered(await ann.asks(binding.archive(letterWith())));
  for (const more of sameContent) {
    await demandSame(play, ann, letterWith(more), first);
    stage.tally.meet("the same content again");
  }
  const second = answered(await ann.asks(binding.archive(letterWith(bare))));
  await demandSame(play, ann, letterWith({ ...bare, archivedBy: "ben" }), second);
  stage.tally.meet("the same content with nulls");
  const third = letterWith({ deadLetterId: "d-3" });
  await demandSame(play, ann, third, answered(await ann.asks(binding.archive(third))));
  const ids = new Set((await readLetters(binding, ann)).map(({ archiveId }) => archiveId));
  judge.demandEqual(ids.size, 3, "letters in the archive");
}

/** Archives again what was answered with an id, and demands that id and an archive as it was. */
async function demandSame(
  { binding, judge, stage }: ArchivePlay,
  actor: Actor,
  call: GoodCall,
  id: unknown,
): Promise<void> {
  await stage.database.advance(60);
  const before = await readLetters(binding, actor);
  const answer = await actor.asks(binding.archive(call));
  judge.demandEqual(answered(answer), id, "the id of the same letter again");
  demandUnchanged(judge, before, await readLetters(binding, actor));
}

/** Demands that the letters are as they were; instants are told only by whether they changed. */
function demandUnchanged(
  recorder: Recorder,
  before: readonly ArchivedLetter[],
  after: readonly ArchivedLetter[],
): void {
  const changed = after.flatMap((letter, index) => {
    const was = before[index];
    if (was === undefined) return [`${letter.deadLetterId} is there anew`];
    const former = Object.values(was);
    return Object.entries(letter)
      .filter(([, value], at) => value !== former[at])
      .map(([field]) => `${field} of ${letter.deadLetterId} changed`);
  });
  recorder.demandEqual(changed, [], "what changed of the archive");
  recorder.demandEqual(after.length, before.length, "letters in the archive");
}

/** The second archives while the first has not committed. */
async function twoArchive(play: ArchivePlay, end: "commit" | "rollback"): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  const ben = await enter(play, "ben", isolation);
  await ann.does("begin");
  const first = answered(await ann.asks(binding.archive(letterWith())));
  const call = await ben.starts(binding.archive(letterWith({ archivedBy: "ben" })));
  await ann.does(end);
  const answer = await call.answer();
  stage.tally.meet(end === "commit" ? "two archive at once" : "the first rolls back");
  const letters = await readLetters(binding, ann);
  if (gaveUp(answer, isolation)) {
    judge.demandEqual(letters.length, end === "commit" ? 1 : 0, "letters in the archive");
    return;
  }
  judge.demandEqual(letters.length, 1, "letters in the archive");
  judge.demandEqual(answered(answer), letters[0]?.archiveId, "the id that ben is told");
  if (end === "commit") judge.demandEqual(answered(answer), first, "the id that ben is told");
  const archivedBy = end === "commit" ? "ann" : "ben";
  judge.demandEqual(letters[0]?.archivedBy, archivedBy, "who archived the letter");
}

async function behindSnapshot(play: ArchivePlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben", isolation);
  await beginWithSnapshot(play, ben);
  const first = answered(await ann.asks(binding.archive(letterWith())));
  const answer = await ben.asks(binding.archive(letterWith({ archivedBy: "ben" })));
  const committed = await ben.does("commit");
  stage.tally.meet("an old snapshot");
  if (!gaveUp(answer, isolation) && !gaveUp(committed, isolation))
    judge.demandEqual(answered(answer), first, "the id that ben is told");
  judge.demandEqual((await readLetters(binding, ann)).length, 1, "letters in the archive");
}
