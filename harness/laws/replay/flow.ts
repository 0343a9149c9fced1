import { isDeepStrictEqual } from "node:util";
import { othersAtWork, redisCut, stopped } from "../../explore/disturbance.ts";
import { inOrder } from "../../explore/trial.ts";
import type { RedisPlace } from "../../explore/worker.ts";
import { lookInto, runToEnd } from "../../explore/worker-scene.ts";
import { disturbAtSteps, type WorkerPlay, type WorkerTrial } from "../../explore/worker-trial.ts";
import { readStream, type StreamEntry } from "../../redis/stream.ts";
import type { ByEffort } from "../../verdict/effort.ts";
import type { Message } from "../archive/dead-letter-flow.ts";
import type { Law } from "../law.ts";
import type { ReplayBinding, ReplayFlow, ReplayRecord } from "./replay-binding.ts";
import { replayFaults } from "./replay-programs.ts";

type FlowPlay = WorkerPlay<ReplayBinding>;

export const flow: Law<ReplayBinding> = {
  id: "replay.flow",
  claim:
    "Redis: stopped after any step and restarted, every original whose replay was asked for, its letter found in the " +
    "stream or, once archived, in the archive, ends up on the main stream exactly once and its record carries the new id",
  needs: ["redis"],
  situations: [
    "stopped after a step",
    "others at work after a step",
    "cut off from Redis before a command took effect",
    "cut off from Redis after a command took effect",
    "a letter in the stream",
    "a letter in the archive",
  ],
  isBound: (part) => part.flow !== undefined,
  trial: inOrder(
    disturbAtSteps(replays({ quick: 2, default: 40, thorough: 1000 }), stopped),
    disturbAtSteps(
      replays({ quick: 1, default: 6, thorough: 1000 }),
      othersAtWork<FlowPlay>("others at work after a step", async (play) => {
        await runToEnd(play, flowOf(play).archiver, "archiver");
        await runToEnd(play, flowOf(play).replayer, "another replayer");
      }),
    ),
    disturbAtSteps(replays({ quick: 1, default: 5, thorough: 1000 }), redisCut("before")),
    disturbAtSteps(replays({ quick: 1, default: 5, thorough: 1000 }), redisCut("after")),
    replayFaults,
  ),
};

/** A name that comes twice, an empty value, text that is not ASCII, bytes that are no text: all of it must come back. */
const messages = {
  asked: {
    id: "1-1",
    fields: [
      ["body", "ünë"],
      ["candidate_id", "7"],
    ],
  },
  archived: {
    id: "1-2",
    fields: [
      ["tag", "a"],
      ["tag", "b"],
      ["empty", ""],
    ],
  },
  neverAsked: { id: "1-3", fields: [["body", "three"]] },
  bytes: { id: "1-4", fields: [["body", Buffer.from([0xff, 0x00, 0xfe])]] },
} as const satisfies Readonly<Record<string, Message>>;

function replays(steps: ByEffort): WorkerTrial<ReplayBinding, void> {
  return {
    title: "replays are asked for",
    worker: ({ flow: bound }) => bound?.replayer ?? (async () => {}),
    prepare,
    judge,
    steps,
  };
}

/** One message's letter is in the archive already, another message has two letters, and both are asked for. */
async function prepare(play: FlowPlay): Promise<void> {
  const { writeLetter, askForReplay, archiver, deadLetterStream } = flowOf(play);
  const { asked, archived, neverAsked, bytes } = messages;
  const ask = async (place: RedisPlace, { id }: Message, deadLetterId: string): Promise<void> => {
    play.recorder.begin("operator", `asks for the replay of ${id}`)("");
    await askForReplay(place, { originalId: id, deadLetterId });
  };
  const letters = await lookInto(play, async (place) => [
    await writeLetter(place, archived),
    await writeLetter(place, neverAsked),
  ]);
  await runToEnd(play, archiver, "archiver");
  await lookInto(play, async (place) => {
    const [inArchive = ""] = letters;
    const first = await writeLetter(place, asked);
    const second = await writeLetter(place, asked);
    const third = await writeLetter(place, bytes);
    await ask(place, asked, first);
    await ask(place, archived, inArchive);
    await ask(place, asked, second);
    await ask(place, bytes, third);
    const inStream = await readStream(place.redis, place.key(deadLetterStream));
    const isInStream = (id: string): boolean => inStream.some((letter) => letter.id === id);
    if (isInStream(first)) play.stage.tally.meet("a letter in the stream");
    if (!isInStream(inArchive)) play.stage.tally.meet("a letter in the archive");
  });
}

async function judge(play: FlowPlay, _: void, ended: boolean): Promise<void> {
  const seen = await lookInto(play, async ({ redis, key, session }) => ({
    entries: await readStream(redis, key(flowOf(play).mainStream)),
    records: await session.all(play.binding.records()),
  }));
  const known = Object.values(messages);
  const strange = seen.entries.filter(
    ({ fields }) => !known.some((message) => isDeepStrictEqual(message.fields, fields)),
  );
  play.recorder.demandEqual(
    strange.map(({ fields }) => fields),
    [],
    "messages on the main stream that are none of those replayed",
  );
  for (const message of known) {
    const copies = seen.entries.filter(({ fields }) => isDeepStrictEqual(message.fields, fields));
    const record = seen.records.find(({ originalId }) => originalId === message.id);
    const isAsked = message !== messages.neverAsked;
    play.recorder.demand(copies.length <= (isAsked ? 1 : 0), {
      expected: `${message.id} is on the main stream ${isAsked ? "once at most" : "not at all"}`,
      happened: `it is there ${copies.length} times`,
    });
    if (!ended || !isAsked) continue;
    play.recorder.demandEqual(
      told(copies, record),
      "on the main stream, and the record tells its id there",
      `the replay of ${message.id}`,
    );
  }
}

function told([copy]: readonly StreamEntry[], record: ReplayRecord | undefined): string {
  const where = copy === undefined ? "not on the main stream" : "on the main stream";
  if (record === undefined) return `${where}, and there is no record`;
  if (record.newId === null) return `${where}, and the record tells no new id`;
  return record.newId === copy?.id
    ? `${where}, and the record tells its id there`
    : `${where}, and the record tells another id`;
}

function flowOf({ binding }: FlowPlay): ReplayFlow {
  if (binding.flow === undefined) throw new Error("The binding has no flow of replays.");
  return binding.flow;
}
