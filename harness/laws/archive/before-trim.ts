import {
  type Disturbance,
  redisCut,
  redisGone,
  serverKilled,
  stopped,
} from "../../explore/disturbance.ts";
import type { Stage } from "../../explore/stage.ts";
import { inOrder, type Trial } from "../../explore/trial.ts";
import { disturbAtSteps, type WorkerTrial } from "../../explore/worker-trial.ts";
import type { ByEffort } from "../../verdict/effort.ts";
import type { Law } from "../law.ts";
import type { ArchiveBinding } from "./archive-binding.ts";
import { archiveFaults } from "./archive-programs.ts";
import { seek, writeLetters, type WrittenLetter } from "./written-letters.ts";

export const beforeTrim: Law<ArchiveBinding> = {
  id: "archive.before-trim",
  claim:
    "Redis: stopped after any step, with the server killed, or with Redis gone for a while, " +
    "no message leaves the stream without being in the archive",
  needs: ["redis"],
  situations: [
    "stopped after a step",
    "the server killed after a step",
    "Redis gone after a step",
    "cut off from Redis before a command took effect",
    "cut off from Redis after a command took effect",
    "a letter that came meanwhile",
  ],
  isBound: (part) => part.flow !== undefined,
  trial: inOrder(
    disturbAtSteps(archiving({ quick: 2, default: 40, thorough: 1000 }), stopped),
    disturbed(archiving({ quick: 1, default: 2, thorough: 1000 }), serverKilled),
    disturbed(archiving({ quick: 1, default: 3, thorough: 1000 }), redisGone),
    disturbAtSteps(archiving({ quick: 1, default: 4, thorough: 1000 }), redisCut("before")),
    disturbAtSteps(archiving({ quick: 1, default: 4, thorough: 1000 }), redisCut("after")),
    archiveFaults,
  ),
};

/** Letters may come while the worker is at work, so what is written is a list that grows. */
function archiving(steps: ByEffort): WorkerTrial<ArchiveBinding, WrittenLetter[]> {
  return {
    title: "dead letters are archived",
    worker: ({ flow }) => flow?.archiver ?? (async () => {}),
    async prepare(play) {
      const bodies = {
        one: "1",
        two: "zwölf",
        "with a NUL": "a\u0000b",
        "no UTF-8": Buffer.of(0xff),
        three: "3",
      };
      return [...(await writeLetters(play, bodies))];
    },
    async meanwhile(play, letters, step) {
      if (step > 3) return;
      letters.push(...(await writeLetters(play, { [`late, at step ${step}`]: "late" })));
      play.stage.tally.meet("a letter that came meanwhile");
    },
    async judge(play, letters) {
      for (const { letter, inStream, inArchive } of await seek(play, letters)) {
        play.recorder.demand(inStream || inArchive, {
          expected: `the letter "${letter.name}" is in the stream or, as it was, in the archive`,
          happened: "it is in neither",
        });
      }
    },
    steps,
  };
}

function disturbed(
  trial: WorkerTrial<ArchiveBinding, WrittenLetter[]>,
  open: (stage: Stage<ArchiveBinding>) => Promise<Disturbance>,
): Trial<ArchiveBinding> {
  return async (stage) => disturbAtSteps(trial, await open(stage))(stage);
}
