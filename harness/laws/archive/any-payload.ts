import * as fc from "fast-check";
import { z } from "zod";
import { type Actor, openCast } from "../../explore/actor.ts";
import { createRecorder, type Recorder } from "../../explore/recorder.ts";
import { schedule } from "../../explore/schedule.ts";
import { atEffort, type Stage } from "../../explore/stage.ts";
import { inOrder } from "../../explore/trial.ts";
import { sql } from "../../postgres/query.ts";
import { answered } from "../answered.ts";
import type { Law } from "../law.ts";
import type { ArchiveBinding } from "./archive-binding.ts";
import { type ArchivePlay, enter, letterReader, letterWith, readLetters } from "./archive-calls.ts";

export const anyPayload: Law<ArchiveBinding> = {
  id: "archive.any-payload",
  claim:
    "what jsonb can hold comes out equal as jsonb; what it cannot (NUL characters, lone surrogates, huge exponents) " +
    "is a clear error, and the message stays in the stream",
  situations: ["comes out equal", "cannot be held"],
  trial: inOrder(schedule("payloads at the edge", atTheEdge), anyJson),
};

/** Scalars, empty things, numbers that a double does not hold, keys that mean something elsewhere, much of everything. */
const canBeHeld: readonly string[] = [
  "null",
  "true",
  '""',
  "[]",
  "{}",
  "0",
  "-0.00",
  "1e131071",
  "1e-16383",
  "123456789012345678901234567890.12345678901234567890",
  '"\\u00e9\\ud83d\\ude00 \\\\u0000 \\" \\n"',
  '{"": null, "__proto__": 1, "a": {"a": {"a": []}}}',
  '[null, [null], {"a": null}]',
  `"${"long ".repeat(4000)}"`,
  `${"[".repeat(500)}${"]".repeat(500)}`,
];

const cannotBeHeld: readonly string[] = [
  '{"a": "\\u0000"}',
  '["\\ud800"]',
  '"\\udc00\\ud800"',
  '{"n": 1e400000}',
  "[1",
];

async function atTheEdge(play: ArchivePlay): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  for (const [index, payload] of canBeHeld.entries()) {
    await demandEqualPayload(binding, ann, judge, `d-${index}`, payload);
    stage.tally.count("comparisons");
  }
  stage.tally.meet("comes out equal");
  const read = letterReader(binding, ann);
  const before = await read();
  for (const payload of cannotBeHeld) {
    const answer = await ann.asks(binding.archive(letterWith({ deadLetterId: "d-bad", payload })));
    judge.demand(answer.kind === "error" && answer.sqlstate.startsWith("22"), {
      expected: "an error about the data (SQLSTATE 22…) for a payload that jsonb cannot hold",
      happened: answer.kind === "error" ? `error ${answer.sqlstate}` : "an answer",
    });
    judge.demandEqual(await read(), before, "the letters in the archive");
  }
  stage.tally.meet("cannot be held");
}

/** Random JSON, shrunk to the smallest that comes out otherwise. */
async function anyJson(stage: Stage<ArchiveBinding>): Promise<void> {
  await stage.database.empty();
  const title = "random payloads";
  const session = createRecorder(title);
  await using cast = await openCast(stage.database, session);
  const ann = await cast.enter("ann");
  let letters = 0;
  const property = fc.asyncProperty(holdable, async (payload) => {
    if (letters % 50 === 49) await stage.database.empty();
    letters += 1;
    stage.tally.count("runs");
    await demandEqualPayload(stage.binding, ann, createRecorder(title), `d-${letters}`, payload);
  });
  const runs = atEffort(stage, { quick: 4, default: 80, thorough: 20_000 });
  const details = await fc.check(property, { seed: stage.seed, numRuns: runs });
  if (details.failed) throw details.errorInstance;
}

/** JSON text without what jsonb cannot hold. */
const holdable = fc
  .jsonValue({ stringUnit: "grapheme", maxDepth: 4 })
  .map((value) => JSON.stringify(value))
  .filter((text) => !text.includes(String.raw`\u0000`) && !/\\ud[89a-f]/iu.test(text));

const compared = z.object({ equal: z.boolean().nullable() });

async function demandEqualPayload(
  binding: ArchiveBinding,
  ann: Actor,
  judge: Recorder,
  deadLetterId: string,
  payload: string,
): Promise<void> {
  const asked = letterWith({ deadLetterId, payload });
  const tell = judge.begin("ann", `archives ${payload.slice(0, 200)}`);
  const answer = await ann.session.answer(binding.archive(asked));
  const id = answered(answer);
  tell(String(id));
  const letters = await readLetters(binding, ann);
  const letter = letters.find((each) => each.archiveId === id);
  judge.demandEqual(letter?.deadLetterId, deadLetterId, "the letter of the id that was answered");
  const stored = letter?.payload ?? "null";
  const { equal } = await ann.session.one(
    sql.type(compared)`select ${payload}::jsonb = ${stored}::jsonb as equal`,
  );
  judge.demand(equal === true, {
    expected: "the payload comes out equal as jsonb",
    happened: `it comes out as ${stored.slice(0, 200)}`,
  });
}
