import { type Actor, openCast } from "../../explore/actor.ts";
import { demandRising, historyJudged } from "../../explore/judge-history.ts";
import { delayFlushes } from "../../explore/delay-flushes.ts";
import { createRecorder, type Recorder } from "../../explore/recorder.ts";
import { race } from "../../explore/race.ts";
import { anyIsolation } from "../../explore/schedule.ts";
import type { Stage } from "../../explore/stage.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Event } from "../../history/event.ts";
import { isTrue } from "../answered.ts";
import type { Law } from "../law.ts";
import type { LockBinding, Token } from "./lock-binding.ts";
import { tellTokens } from "./lock-model.ts";
import {
  beginWithSnapshot,
  by,
  isExpired,
  isFree,
  isLive,
  readLeases,
  readTokens,
} from "./lock-calls.ts";
import {
  askWhileInHand,
  enter,
  leaseOf,
  leaveAboutToEnd,
  letExpire,
  type LockPlay,
  lockSchedule,
  passEnd,
} from "./lock-scenes.ts";
import { lockSequences } from "./lock-sequences.ts";
import { acquired, acts, lockPairs, lockStories } from "./lock-programs.ts";

export const fenced: Law<LockBinding> = {
  id: "lock.fenced",
  claim:
    "every new lease of a name, also to the same holder id, has a greater token than all before it, across release, " +
    "expiry, clean-up and server restart; only a live lease keeps its token",
  situations: [
    "release",
    "expiry",
    "clean-up",
    "expiry during a transaction",
    "given back while another waited",
    "restart",
    historyJudged,
  ],
  trial: inOrder(
    lockSchedule("one lease after the other", oneAfterTheOther, anyIsolation),
    lockSchedule("runs out after a transaction began", behindTransaction, [
      "read committed",
      "repeatable read",
    ]),
    lockSchedule("given back, taken and given back while another waits", whileAnotherWaits),
    lockSequences(
      (recorder, { before, operation, answer, after, past }) => {
        if (!isTrue(answer) || !("name" in operation)) return;
        const { name } = operation;
        if (operation.kind === "extend" && isLive(before.leases.get(name)))
          recorder.demandEqual(
            after.tokens.get(name),
            before.tokens.get(name),
            `the token of the live lease on ${name}`,
          );
        if (operation.kind !== "acquire" || !isFree(before.leases.get(name))) return;
        const former = past.flatMap((step) => step.after.tokens.get(name) ?? []);
        demandGreater(recorder, name, after.tokens.get(name), Math.max(-Infinity, ...former));
      },
      { withTokens: true },
    ),
    acrossRestart,
    race<LockBinding>({
      title: "many take and give back",
      callers: { quick: 3, default: 6, thorough: 16 },
      rounds: { quick: 2, default: 15, thorough: 600 },
      async round({ binding }, caller) {
        const call = by(caller.name);
        if (!isTrue(await caller.asks(binding.acquire(call), "acquire"))) return;
        await caller.asks(binding.tokens(), "token");
        await caller.asks(binding.release(call), "release");
      },
      judge(recorder, history, { tally }) {
        judgeRace(recorder, history);
        demandRising({ recorder, tally }, tellTokens(history), "the tokens of new leases");
      },
    }),
    lockStories({
      title: "ann gives back, acquires and gives back beside ben, who acquires",
      state: acquired("the name is ann's", [by("ann")]),
      sessions: (binding) => [
        { name: "ben", acts: [acts.acquire(binding, by("ben"))] },
        {
          name: "ann",
          acts: (["release", "acquire", "tokens", "release"] as const).map((verb) =>
            acts[verb](binding, by("ann")),
          ),
        },
      ],
      preemptions: 1,
    }),
    lockPairs({ ann: ["acquire", "tokens", "release"], other: ["acquire", "tokens"] }),
  ),
};

function demandGreater(
  recorder: Recorder,
  name: string,
  token: number | undefined,
  former: number,
): void {
  recorder.demand(token !== undefined && token > former, {
    expected: `the new lease on ${name} has a token greater than ${former}`,
    happened: `its token is ${token ?? "not there"}`,
  });
}

/** Takes the name again after each way in which a lease can end, under the same holder id and another, from two sessions. */
async function oneAfterTheOther(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const sessions = [await enter(play, "one", isolation), await enter(play, "two", isolation)];
  const endings = {
    release: (actor: Actor, holder: string) => actor.asks(binding.release(by(holder))),
    expiry: (actor: Actor) => passEnd(play, actor),
    "clean-up": async (actor: Actor) => {
      await passEnd(play, actor);
      await actor.asks(binding.cleanup());
    },
  };
  let former = -Infinity;
  let holder = "ann";
  for (const next of ["ann", "ben"]) {
    for (const [ending, end] of Object.entries(endings)) {
      for (const actor of sessions) {
        if (!isTrue(await actor.asks(binding.acquire(by(holder))))) return;
        const token = (await readTokens(binding, actor)).get("alpha");
        demandGreater(judge, "alpha", token, former);
        former = token ?? former;
        await actor.asks(binding.extend(by(holder, 900)));
        judge.demandEqual(
          (await readTokens(binding, actor)).get("alpha"),
          token,
          "the token of the live lease on alpha",
        );
        await end(actor, holder);
        if (!isFree(await leaseOf(play, actor))) return;
        stage.tally.meet(ending);
        holder = next;
      }
    }
  }
}

async function behindTransaction(play: LockPlay): Promise<void | "missed"> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  const watch = await enter(play, "watch");
  await leaveAboutToEnd(play, ann, by("ann"));
  await beginWithSnapshot(ann, judge, binding);
  const lease = await leaseOf(play, ann);
  const former = (await readTokens(binding, ann)).get("alpha") ?? -Infinity;
  if (lease === undefined || isExpired(lease)) return "missed";
  await letExpire(play, lease, watch);
  stage.tally.meet("expiry during a transaction");
  if (!isTrue(await ann.asks(binding.acquire(by("ann"))))) return;
  demandGreater(judge, "alpha", (await readTokens(binding, ann)).get("alpha"), former);
}

/** A token drawn before the name is one's own is older than what the name went through while one waited. */
async function whileAnotherWaits(play: LockPlay): Promise<void | "missed"> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben");
  await ann.asks(binding.acquire(by("ann")));
  await ann.does("begin");
  await ann.asks(binding.release(by("ann")));
  let former = -Infinity;
  const { call, inTime } = await askWhileInHand(play, ben, binding.acquire(by("ben")), {
    actor: ann,
    meanwhile: async () => {
      await ann.asks(binding.acquire(by("ann")));
      former = (await readTokens(binding, ann)).get("alpha") ?? former;
      await ann.asks(binding.release(by("ann")));
    },
    end: "commit",
  });
  const answer = await call.answer();
  if (isTrue(answer) && (await leaseOf(play, ben))?.holder === "ben")
    demandGreater(judge, "alpha", (await readTokens(binding, ben)).get("alpha"), former);
  if (!inTime) return "missed";
  stage.tally.meet("given back while another waited");
}

/** The session of the lease waits for no flush of its commits: what it was granted must not be forgotten all the same. */
async function acrossRestart(stage: Stage<LockBinding>): Promise<void> {
  const { binding, tally } = stage;
  const recorder = createRecorder("the server is killed and started again");
  await using mortal = await stage.openMortal();
  await delayFlushes(mortal.server);
  let former = -Infinity;
  {
    await using cast = await openCast(mortal.database, recorder);
    const ann = await cast.enter("ann", { settings: { synchronous_commit: "off" } });
    await ann.asks(binding.acquire(by("ann")));
    former = (await readTokens(binding, ann)).get("alpha") ?? former;
  }
  const tell = recorder.begin("server", "is killed and started again");
  await mortal.server.kill();
  await mortal.server.start();
  tell("");
  tally.count("faults");
  await using cast = await openCast(mortal.database, recorder);
  const ben = await cast.enter("ben");
  tally.meet("restart");
  const left = (await readLeases(binding, ben)).get("alpha");
  if (left !== undefined) await ben.asks(binding.release(by(left.holder)));
  if (!isTrue(await ben.asks(binding.acquire(by("ben"))))) return;
  demandGreater(recorder, "alpha", (await readTokens(binding, ben)).get("alpha"), former);
}

/** Holders of a name come one after the other, so the tokens that they read while they held it must rise. */
function judgeRace(recorder: Recorder, history: readonly Event[]): void {
  const read = history
    .filter(({ operation }) => operation === "token")
    .toSorted((one, other) => one.asked - other.asked);
  let former = -Infinity;
  for (const { answer } of read) {
    const [only]: readonly Token[] = Array.isArray(answer) ? answer : [];
    if (only === undefined) continue;
    demandGreater(recorder, "alpha", only.token, former);
    former = only.token;
  }
}
