import { stopped } from "../../explore/disturbance.ts";
import { lookInto } from "../../explore/worker-scene.ts";
import { disturbAtSteps } from "../../explore/worker-trial.ts";
import type { Law } from "../law.ts";
import type { ArchiveBinding } from "./archive-binding.ts";
import { letterWith } from "./archive-calls.ts";
import { type ArchiveFlowPlay, seek, writeLetters, type WrittenLetter } from "./written-letters.ts";

export const movesOn: Law<ArchiveBinding> = {
  id: "archive.moves-on",
  claim:
    "Redis: a message that cannot be archived does not keep those behind it from being archived",
  needs: ["redis"],
  situations: ["a letter that cannot be archived", "stopped after a step"],
  isBound: (part) => part.flow !== undefined,
  trial: disturbAtSteps<ArchiveBinding, readonly WrittenLetter[]>(
    {
      title: "letters that cannot be archived come first",
      worker: ({ flow }) => flow?.archiver ?? (async () => {}),
      async prepare(play) {
        const letters = await writeLetters(play, bodies);
        await archiveOtherContent(play, letters);
        return letters;
      },
      async judge(play, letters, ended, reports) {
        if (!ended) return;
        for (const { letter, inStream, inArchive } of await seek(play, letters)) {
          const isGood = letter.name.startsWith("good");
          play.recorder.demandEqual(
            { inStream, inArchive },
            { inStream: !isGood, inArchive: isGood },
            `where the letter "${letter.name}" is`,
          );
        }
        const bad = letters.filter(({ name }) => !name.startsWith("good"));
        play.stage.tally.meet("a letter that cannot be archived");
        play.recorder.demand(reports.length >= bad.length, {
          expected: `${bad.length} letters that stay are reported`,
          happened: `${reports.length} reports`,
        });
      },
      steps: { quick: 1, default: 3, thorough: 1000 },
    },
    stopped,
  ),
};

const taken = "its id is taken by other content";

/** More than a worker would read at once cannot be archived, of every kind there is, with good ones before and behind. */
const bodies: Readonly<Record<string, string | Buffer>> = {
  "good, first": "one",
  [taken]: "two",
  "no UTF-8": Buffer.from([0x61, 0xff, 0x62]),
  ...Object.fromEntries(
    Array.from({ length: 25 }, (_, index) => [`with a NUL, ${index + 1}`, "a\u0000b"]),
  ),
  "good, behind all": "three",
  "good, last": "four",
};

async function archiveOtherContent(
  play: ArchiveFlowPlay,
  letters: readonly WrittenLetter[],
): Promise<void> {
  const deadLetterId = letters.find(({ name }) => name === taken)?.letterId ?? "";
  await lookInto(play, ({ session }) =>
    session.all(play.binding.archive(letterWith({ deadLetterId, payload: "{}" }))),
  );
}
