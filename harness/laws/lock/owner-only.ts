import { within } from "../../programs/plan-programs.ts";
import { anyIsolation } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import { answered, isTrue } from "../answered.ts";
import { gaveUp } from "../gave-up.ts";
import type { Law } from "../law.ts";
import type { LockBinding } from "./lock-binding.ts";
import {
  beginWithSnapshot,
  by,
  demandUntouched,
  isFree,
  isLive,
  readLeases,
} from "./lock-calls.ts";
import { askWhileInHand, enter, leaveExpired, type LockPlay, lockSchedule } from "./lock-scenes.ts";
import { lockSequences, type LockTransition } from "./lock-sequences.ts";
import type { Recorder } from "../../explore/recorder.ts";
import { acquired, acts, lockPairs, lockStories, longSeconds } from "./lock-programs.ts";

const verbs = ["release", "extend"] as const;
type Verb = (typeof verbs)[number];

const anns = acquired("the name is ann's for a while", [by("ann")]);

export const ownerOnly: Law<LockBinding> = {
  id: "lock.owner-only",
  claim: "release and extend by anyone but the live holder answer false and change nothing",
  situations: [
    "a stranger releases",
    "a stranger extends",
    "nobody holds it",
    "a holder of former times",
    "the live holder",
  ],
  trial: inOrder(
    lockSchedule("strangers release and extend", strangers, anyIsolation),
    ...verbs.flatMap((verb) => [
      lockSchedule(
        `${verb} by one who was the holder when its snapshot was taken`,
        (play) => formerHolder(play, verb),
        anyIsolation,
      ),
      lockSchedule(
        `${verb} by one who waits while the lease changes hands`,
        (play) => handedOn(play, verb),
        anyIsolation,
      ),
    ]),
    lockSequences((recorder, transition, stage) => {
      const { before, operation, answer, after } = transition;
      if (operation.kind !== "release" && operation.kind !== "extend") return;
      const lease = before.leases.get(operation.name);
      if (isLive(lease) && lease.holder === operation.holder) {
        stage.tally.meet("the live holder");
        return demandDone(recorder, transition, operation.name);
      }
      if (lease?.holder === operation.holder) return;
      recorder.demandEqual(
        answered(answer),
        false,
        `${operation.holder}'s answer to ${operation.kind} ${operation.name}, which is not theirs`,
      );
      demandUntouched(recorder, before.leases, after.leases);
    }),
    lockPairs({ ann: ["release"], other: ["release"] }, { ann: ["release"], other: ["extend"] }),
    lockStories(
      {
        title: "ann extends beside a release by ann and an acquisition by ben",
        state: anns,
        sessions: (binding) => [
          { name: "ann", acts: [acts.extend(binding, by("ann", longSeconds))] },
          {
            name: "others",
            acts: [acts.release(binding, by("ann")), acts.acquire(binding, by("ben"))],
          },
        ],
        preemptions: 1,
      },
      ...verbs.map((verb) => ({
        title: `ann again gives back and acquires while ann waits to ${verb}`,
        state: anns,
        sessions: (binding: LockBinding) => [
          {
            name: "ann again",
            acts: within(
              [acts.release(binding, by("ann")), acts.acquire(binding, by("ann"))],
              "commit",
            ),
          },
          { name: "ann", acts: [acts[verb](binding, by("ann"))] },
        ],
        preemptions: 1,
      })),
    ),
  ),
};

/** What strangers are refused must be there for the holder, or the refusal would say nothing. */
function demandDone(
  recorder: Recorder,
  { operation, answer, after }: LockTransition,
  name: string,
): void {
  recorder.demandEqual(answered(answer), true, `the holder's answer to ${operation.kind} ${name}`);
  const lease = after.leases.get(name);
  recorder.demand(operation.kind === "release" ? isFree(lease) : isLive(lease), {
    expected: `${name} is ${operation.kind === "release" ? "free" : "held"} after that`,
    happened: isFree(lease) ? "it is free" : "it is held",
  });
}

/** About a name that ann holds, one whose lease ran out, and one that nobody ever had. */
async function strangers(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben", isolation);
  await leaveExpired(play, ann, by("ann", 60, "expired"));
  await ann.asks(binding.acquire(by("ann")));
  const before = await readLeases(binding, ann);
  for (const name of ["alpha", "expired", "never-held"]) {
    for (const verb of verbs) {
      stage.tally.meet(before.has(name) ? `a stranger ${verb}s` : "nobody holds it");
      const answer = await ben.asks(binding[verb](by("ben", 900, name)));
      judge.demandEqual(answered(answer), false, `ben's answer to ${verb} what is not ben's`);
      demandUntouched(judge, before, await readLeases(binding, ann));
    }
  }
  for (const verb of verbs) {
    await ann.asks(binding[verb](by("ann", 900, "expired")));
    demandUntouched(judge, before, await readLeases(binding, ann));
  }
  stage.tally.meet("the live holder");
  const extended = await ann.asks(binding.extend(by("ann", 900)));
  judge.demandEqual(answered(extended), true, "ann's answer to extend what is ann's");
  const released = await ann.asks(binding.release(by("ann")));
  judge.demandEqual(answered(released), true, "ann's answer to release what is ann's");
}

async function formerHolder(play: LockPlay, verb: Verb): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const other = await enter(play, "other");
  const ben = await enter(play, "ben", isolation);
  await other.asks(binding.acquire(by("ben")));
  await beginWithSnapshot(ben, judge, binding);
  await other.asks(binding.release(by("ben")));
  if (!isTrue(await other.asks(binding.acquire(by("ann"))))) return;
  const before = await readLeases(binding, other);
  const answer = await ben.asks(binding[verb](by("ben", 900)));
  await ben.does("commit");
  stage.tally.meet("a holder of former times");
  if (!gaveUp(answer, isolation))
    judge.demandEqual(answered(answer), false, `ben's answer to ${verb} what ann holds`);
  demandUntouched(judge, before, await readLeases(binding, other));
}

async function handedOn(play: LockPlay, verb: Verb): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const other = await enter(play, "other");
  const ben = await enter(play, "ben", isolation);
  await other.asks(binding.acquire(by("ben")));
  await other.does("begin");
  await other.asks(binding.release(by("ben")));
  if (!isTrue(await other.asks(binding.acquire(by("ann"))))) return;
  const before = await readLeases(binding, other);
  const { call } = await askWhileInHand(play, ben, binding[verb](by("ben", 900)), {
    actor: other,
    end: "commit",
  });
  const answer = await call.answer();
  stage.tally.meet("a holder of former times");
  if (!gaveUp(answer, isolation))
    judge.demandEqual(answered(answer), false, `ben's answer to ${verb} what ann holds`);
  demandUntouched(judge, before, await readLeases(binding, other));
}
