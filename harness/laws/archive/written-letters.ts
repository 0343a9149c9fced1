import { isDeepStrictEqual } from "node:util";
import { lookInto } from "../../explore/worker-scene.ts";
import type { WorkerPlay } from "../../explore/worker-trial.ts";
import { readStream } from "../../redis/stream.ts";
import type { ArchiveBinding } from "./archive-binding.ts";
import type { DeadLetterFlow, Message } from "./dead-letter-flow.ts";

/** A dead letter that a trial wrote to the stream. */
export interface WrittenLetter {
  /** What the witness calls it: the server's own ids are other ones each time. */
  readonly name: string;
  readonly letterId: string;
  readonly message: Message;
}

/** Where a written letter is now. */
export interface Whereabouts {
  readonly letter: WrittenLetter;
  readonly inStream: boolean;
  /** Whether the archive has it, with all that the message said. */
  readonly inArchive: boolean;
}

export type ArchiveFlowPlay = WorkerPlay<ArchiveBinding>;

/** Writes dead letters in the order given, each for a message whose one field comes twice. */
export function writeLetters(
  play: ArchiveFlowPlay,
  bodies: Readonly<Record<string, string | Buffer>>,
): Promise<readonly WrittenLetter[]> {
  const flow = flowOf(play);
  return lookInto(play, async (place) => {
    const letters: WrittenLetter[] = [];
    for (const [name, body] of Object.entries(bodies)) {
      const message: Message = {
        id: `${play.run}-${letters.length + 1}`,
        fields: [
          ["body", "first"],
          ["body", body],
        ],
      };
      const letterId = await flow.writeLetter(place, message);
      play.recorder.begin("consumer", `writes a dead letter: ${name}`)("");
      letters.push({ name, letterId, message });
    }
    return letters;
  });
}

/** Looks for letters in the stream and in the archive. The stream is read first: a letter may move on in between. */
export async function seek(
  play: ArchiveFlowPlay,
  letters: readonly WrittenLetter[],
): Promise<readonly Whereabouts[]> {
  const flow = flowOf(play);
  const { entries, archived } = await lookInto(play, async ({ redis, key, session }) => ({
    entries: await readStream(redis, key(flow.deadLetterStream)),
    archived: await session.all(play.binding.letters()),
  }));
  return letters.map((letter) => {
    const kept = archived.find(({ deadLetterId }) => deadLetterId === letter.letterId);
    return {
      letter,
      inStream: entries.some(({ id }) => id === letter.letterId),
      inArchive:
        kept !== undefined &&
        isDeepStrictEqual(flow.archivedFields(kept.payload), letter.message.fields),
    };
  });
}

function flowOf({ binding }: ArchiveFlowPlay): DeadLetterFlow {
  if (binding.flow === undefined) throw new Error("The binding has no flow of dead letters.");
  return binding.flow;
}
