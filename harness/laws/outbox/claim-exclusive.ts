import type { Event } from "../../history/event.ts";
import { demandSomeOrder, historyJudged } from "../../explore/judge-history.ts";
import { race } from "../../explore/race.ts";
import { type Recorder, show } from "../../explore/recorder.ts";
import { schedule } from "../../explore/schedule.ts";
import { tellReading } from "../../explore/told-operation.ts";
import type { Stage } from "../../explore/stage.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Law } from "../law.ts";
import type { Claimed, OutboxBinding, OutboxEvent } from "./outbox-binding.ts";
import {
  claimBy,
  claimedOf,
  claimedRows,
  event,
  idsOf,
  isLive,
  keyOf,
  publishAndClaim,
  readEvents,
} from "./outbox-calls.ts";
import { type ClaimInput, liveClaims, tellClaims } from "./claim-model.ts";
import { enter, failOnce, type OutboxPlay, passTime } from "./outbox-scenes.ts";
import { outboxSequences } from "./outbox-sequences.ts";
import { claimedBeside } from "./outbox-stories.ts";
import { outboxPairs } from "./outbox-programs.ts";

export const claimExclusive: Law<OutboxBinding> = {
  id: "outbox.claim-exclusive",
  claim: "no event, and no two events of one key, are in two live claims",
  situations: [
    "asked while a claim is not committed",
    "asked while a claim is live",
    "held up before taking what was found",
    "a newer event comes while a claim is not committed",
    "a newer event comes while a claim is live",
    historyJudged,
  ],
  trial: inOrder(
    schedule<OutboxBinding>("asked while a claim is not committed, and after", asked),
    schedule<OutboxBinding>("held up between looking for events and taking them", heldUp),
    schedule<OutboxBinding>("a newer event of the key while a claim lives", newerComes),
    outboxSequences((recorder, { before, answer, after }) => {
      demandOneClaimPerKey(recorder, after);
      for (const claimed of claimedOf(answer)) demandNotLive(recorder, before, claimed);
    }),
    race<OutboxBinding>({
      title: "many claim the same events",
      callers: { quick: 3, default: 6, thorough: 16 },
      rounds: { quick: 2, default: 12, thorough: 400 },
      async round({ binding }, caller, round) {
        const key = `k${round % 3}`;
        await caller.asks(binding.publish(event(round, key)), "publish");
        await caller.asks(binding.claim(claimBy(caller.name, 2)), "claim", caller.name);
      },
      async judge(recorder, history, stage) {
        judgeRace(recorder, history);
        await judgeClaims(recorder, history, stage);
      },
    }),
    race<OutboxBinding>({
      title: "many claim and complete the same events",
      callers: { quick: 3, default: 6, thorough: 16 },
      rounds: { quick: 2, default: 12, thorough: 400 },
      async round({ binding }, caller, round) {
        await caller.asks(binding.publish(event(round, `k${round % 2}`)), "publish");
        const answer = await caller.asks(binding.claim(claimBy(caller.name, 2)), "claim");
        for (const claimed of claimedOf(answer)) {
          const { eventId } = claimed;
          const success = caller.random.below(2) === 0;
          const call = { eventId, processor: caller.name, success, retryDelaySeconds: 0 };
          await caller.asks(binding.complete(call), "complete", claimed);
        }
      },
      judge: judgeClaims,
    }),
    outboxPairs({ ann: ["claim"], ben: ["claim"] }),
    claimedBeside("complete"),
  ),
};

function demandNotLive(recorder: Recorder, before: readonly OutboxEvent[], claimed: Claimed): void {
  const live = before.filter((each) => isLive(each) && keyOf(each) === keyOf(claimed));
  recorder.demandEqual(
    live.map(({ id, claimedBy }) => `${id} by ${claimedBy}`),
    [],
    `the live claims on the key of event ${claimed.eventId} when it is claimed`,
  );
}

function demandOneClaimPerKey(recorder: Recorder, events: readonly OutboxEvent[]): void {
  for (const [key, live] of Map.groupBy(events.filter(isLive), keyOf)) {
    recorder.demandEqual(live.length, 1, `how many events of ${key} are in live claims`);
  }
}

async function asked(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben");
  for (const number of [1, 2, 3]) await ann.asks(binding.publish(event(number, `k${number}`)));
  await ann.does("begin");
  const first = idsOf(await ann.asks(binding.claim(claimBy("ann", 2))));
  const call = await ben.starts(binding.claim(claimBy("ben")));
  stage.tally.meet("asked while a claim is not committed");
  await ann.does("commit");
  const second = idsOf(await call.answer());
  judge.demandEqual(
    second.filter((id) => first.includes(id)),
    [],
    "what ben's claim shares with ann's",
  );
  const third = idsOf(await ben.asks(binding.claim(claimBy("ben"))));
  stage.tally.meet("asked while a claim is live");
  judge.demandEqual(
    third.filter((id) => [...first, ...second].includes(id)),
    [],
    "what another claim of ben's shares with those before",
  );
}

/** The table is locked so that it can be read and no row locked: what was found before is taken too late. */
async function heldUp(play: OutboxPlay): Promise<void> {
  const { binding, cast, judge, stage } = play;
  const owner = await cast.enter("owner", { role: "deployer" });
  const ben = await enter(play, "ben");
  await owner.asks(binding.publish(event(1)));
  await owner.does("begin");
  await owner.asks(binding.claim(claimBy("ann")));
  await owner.does(`lock table ${binding.table} in exclusive mode`);
  const call = await ben.starts(binding.claim(claimBy("ben")));
  if (call.waitsFor.length > 0) stage.tally.meet("held up before taking what was found");
  await owner.does("commit");
  judge.demandEqual(
    idsOf(await call.answer()),
    [],
    "what ben claims of what ann claimed meanwhile",
  );
}

async function newerComes(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const ann = await enter(play, "ann");
  const ben = await enter(play, "ben");
  const publisher = await enter(play, "publisher");
  // It failed once, so that publishing the key again makes a newer event and waits for nobody.
  const older = await publishAndClaim(binding, ann, "ann", event(1));
  await failOnce(play, ann, older, "ann");
  await passTime(play, 10);
  await ann.does("begin");
  judge.demandEqual(
    idsOf(await ann.asks(binding.claim(claimBy("ann")))),
    [older],
    "what ann claims",
  );
  const published = await publisher.starts(binding.publish(event(2)));
  const call = await ben.starts(binding.claim(claimBy("ben")));
  stage.tally.meet("a newer event comes while a claim is not committed");
  await ann.does("commit");
  await published.answer();
  judge.demandEqual(idsOf(await call.answer()), [], "what ben claims of a key that ann has");
  judge.demandEqual(
    idsOf(await ben.asks(binding.claim(claimBy("ben")))),
    [],
    "what ben claims of a key that ann has, once committed",
  );
  stage.tally.meet("a newer event comes while a claim is live");
  demandOneClaimPerKey(judge, await readEvents(binding, ann));
}

/** Nothing lapses and nothing is completed, so nothing may be claimed twice, and each key once. */
function judgeRace(recorder: Recorder, history: readonly Event[]): void {
  const owners = new Map<string, string>();
  for (const { operation, input, answer } of history) {
    if (operation !== "claim") continue;
    for (const claimed of claimedRows(answer)) {
      const key = keyOf(claimed);
      const owner = owners.get(key);
      recorder.demand(owner === undefined, {
        expected: `one claim on ${key}`,
        happened: `${owner} has one, and ${String(input)} gets event ${claimed.eventId}`,
      });
      owners.set(key, String(input));
    }
  }
}

/** Of all that was claimed and completed, and of the claims that are left. */
async function judgeClaims(
  recorder: Recorder,
  history: readonly Event[],
  { binding, database, tally }: Stage<OutboxBinding>,
): Promise<void> {
  await using session = await database.connect({ name: "reader", role: "app" });
  const live = (await readEvents(binding, { session })).filter(isLive);
  const found = [...Map.groupBy(live, keyOf)].map(([key, ofKey]) => {
    const claims = ofKey.map(({ id, claimedBy }) => ({ eventId: id, by: claimedBy ?? "" }));
    const does = `reads the live claims on ${key}: ${show(claims)}`;
    return tellReading<ClaimInput, true>({ kind: "reading", key, claims }, true, does);
  });
  demandSomeOrder({ recorder, tally }, liveClaims, [...tellClaims(history), ...found]);
}
