import type { Actor } from "../../explore/actor.ts";
import { createRecorder, type Recorder, showAnswer } from "../../explore/recorder.ts";
import { type Query, readableText } from "../../postgres/query.ts";
import type { WitnessStep } from "../../verdict/verdict.ts";
import type { Answer } from "../../postgres/session.ts";
import { answered } from "../answered.ts";
import { blanks } from "../bad-input.ts";
import type { Law } from "../law.ts";
import type { LeaseCall, LockBinding } from "./lock-binding.ts";
import { by, demandUntouched, readLeases } from "./lock-calls.ts";
import { enter, leaveExpired, type LockPlay, lockSchedule } from "./lock-scenes.ts";

const verbs = ["acquire", "extend", "release"] as const;

export const input: Law<LockBinding> = {
  id: "lock.input",
  claim: "bad input: 22023, nothing changed",
  situations: ["a bad name", "a bad holder", "a bad TTL"],
  trial: lockSchedule("bad arguments, one after the other", badArguments),
};

type Argument = keyof LeaseCall;

const bad: Readonly<Record<Argument, readonly (string | number | null)[]>> = {
  name: [null, ...blanks],
  holder: [null, ...blanks],
  ttlSeconds: [null, 0, -1, -2_147_483_648],
};

const situations: Readonly<Record<Argument, string>> = {
  name: "a bad name",
  holder: "a bad holder",
  ttlSeconds: "a bad TTL",
};

/** About a name that nobody has, one that the holder has and one whose lease ran out: none of them may change. */
const badCalls = (["name", "holder", "ttlSeconds"] as const).flatMap((argument) =>
  ["never-held", "held", "expired"].flatMap((name) =>
    bad[argument].map((value) => ({
      argument,
      call: { ...by("ann", 900, name), [argument]: value } as LeaseCall,
    })),
  ),
);

async function badArguments(play: LockPlay): Promise<void> {
  const { binding, cast, judge, stage } = play;
  const ann = await enter(play, "ann");
  const reader = await cast.enter("reader", { role: "deployer" });
  await leaveExpired(play, ann, by("ann", 60, "expired"));
  await ann.asks(binding.acquire(by("ann", 600, "held")));
  const before = await readAll(binding, reader);
  const setting = [...judge.steps];
  for (const { argument, call } of badCalls) {
    for (const verb of verbs) {
      if (verb === "release" && argument === "ttlSeconds") continue;
      const recorder = beginAfter(judge.trial, setting);
      const answer = await askOnce(recorder, ann, binding[verb](call));
      recorder.demandEqual(answered(answer), "error 22023", `${verb}'s answer`);
      demandNamed(recorder, binding, answer, argument);
      demandUnchanged(recorder, before, await readAll(binding, reader));
      stage.tally.count("comparisons");
      stage.tally.meet(situations[argument]);
    }
  }
}

/** The calls before this one changed nothing, or the law would be broken: a witness does without them. */
function beginAfter(trial: string, setting: readonly WitnessStep[]): Recorder {
  const recorder = createRecorder(trial);
  for (const { who, does, answer } of setting) recorder.begin(who, does)(answer);
  return recorder;
}

async function askOnce(recorder: Recorder, actor: Actor, query: Query): Promise<Answer> {
  const tell = recorder.begin(actor.name, readableText(query));
  const answer = await actor.session.answer(query);
  tell(showAnswer(answer));
  return answer;
}

function demandNamed(
  recorder: Recorder,
  binding: LockBinding,
  answer: Answer,
  argument: Argument,
): void {
  const name = binding.argumentNames?.[argument];
  if (name === undefined || answer.kind !== "error") return;
  recorder.demand(answer.message.includes(name), {
    expected: `the error names ${name}`,
    happened: `it reads: ${answer.message}`,
  });
}

interface Everything {
  readonly leases: Awaited<ReturnType<typeof readLeases>>;
  readonly counters: readonly { name: string; value: number }[];
}

async function readAll(binding: LockBinding, actor: Actor): Promise<Everything> {
  const counters =
    binding.counters === undefined ? [] : await actor.session.all(binding.counters());
  return { leases: await readLeases(binding, actor), counters };
}

function demandUnchanged(judge: Recorder, before: Everything, after: Everything): void {
  demandUntouched(judge, before.leases, after.leases);
  judge.demandEqual(after.counters, before.counters, "the counters");
}
