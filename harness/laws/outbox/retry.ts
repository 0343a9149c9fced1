import type { Recorder } from "../../explore/recorder.ts";
import { schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import { answered, isTrue } from "../answered.ts";
import type { Law } from "../law.ts";
import type { OutboxBinding, OutboxEvent } from "./outbox-binding.ts";
import { claimBy, event, idsOf, isLapsed, publishAndClaim, wholeSeconds } from "./outbox-calls.ts";
import { enter, eventOf, type OutboxPlay, passTime } from "./outbox-scenes.ts";
import { outboxSequences } from "./outbox-sequences.ts";
import { outboxPairs } from "./outbox-programs.ts";
import { claimedBeside } from "./outbox-stories.ts";

export const retry: Law<OutboxBinding> = {
  id: "outbox.retry",
  claim:
    "a failure adds one to retry_count, keeps the error, and the event comes back no earlier than its delay, which " +
    "doubles up to the cap; only failures and lapses count; complete never waits for a publisher",
  situations: [
    "a failure",
    "a doubled delay",
    "the longest delay",
    "a publisher's transaction is open",
  ],
  trial: inOrder(
    schedule<OutboxBinding>("failures one after the other", failures),
    schedule<OutboxBinding>("completed while a publisher's transaction is open", besidePublisher),
    outboxSequences((recorder, { before, operation, answer, after }) => {
      const failed = operation.kind === "complete" && !operation.success && isTrue(answer);
      for (const was of before) {
        const now = after.find(({ id }) => id === was.id);
        if (now === undefined || (operation.kind === "claim" && isLapsed(was))) continue;
        const fails = failed && operation.eventId === was.id;
        demandCount(recorder, was, now, fails ? 1 : 0);
        if (fails) recorder.demandEqual(now.lastError, operation.error, "the error that is kept");
      }
    }),
    outboxPairs({ ann: ["fail"], ben: ["publish"] }, { ann: ["fail"], ben: ["claim"] }),
    claimedBeside("fail"),
  ),
};

function demandCount(recorder: Recorder, was: OutboxEvent, now: OutboxEvent, more: number): void {
  recorder.demandEqual(
    now.retryCount,
    was.retryCount + more,
    `the count of event ${was.id}${more === 0 ? ", which did not fail" : ", which failed"}`,
  );
}

const firstDelay = 100;

async function failures(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const actor = await enter(play, "caller");
  const eventId = await publishAndClaim(binding, actor, "p");
  for (let failure = 1; failure < binding.maxAttempts; failure += 1) {
    const call = {
      eventId,
      processor: "p",
      success: false,
      error: `failure ${failure}`,
      retryDelaySeconds: firstDelay,
    };
    judge.demandEqual(answered(await actor.asks(binding.complete(call))), true, "the answer");
    const now = await eventOf(play, actor, eventId);
    judge.demandEqual(
      { retryCount: now?.retryCount, lastError: now?.lastError },
      { retryCount: failure, lastError: call.error },
      `the event after failure ${failure}`,
    );
    const doubled = firstDelay * 2 ** (failure - 1);
    const delay = Math.min(binding.maxDelaySeconds, doubled);
    judge.demand(Math.abs((now?.secondsToRetry ?? NaN) - delay) < 20, {
      expected: `the event comes back in about ${delay} s`,
      happened: `it comes back in ${wholeSeconds(now?.secondsToRetry)}`,
    });
    stage.tally.meet("a failure");
    if (failure > 1) stage.tally.meet("a doubled delay");
    if (doubled > delay) stage.tally.meet("the longest delay");
    await passTime(play, delay - 50);
    judge.demandEqual(
      idsOf(await actor.asks(binding.claim(claimBy("p")))),
      [],
      "what is claimed before the delay is over",
    );
    await passTime(play, 51);
    judge.demandEqual(
      idsOf(await actor.asks(binding.claim(claimBy("p")))),
      [eventId],
      "what is claimed once the delay is over",
    );
  }
}

async function besidePublisher(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const actor = await enter(play, "caller");
  const publisher = await enter(play, "publisher");
  for (const success of [false, true]) {
    await stage.database.empty();
    const eventId = await publishAndClaim(binding, actor, "p");
    await publisher.does("begin");
    await publisher.asks(binding.publish(event(2)));
    const call = await actor.starts(binding.complete({ eventId, processor: "p", success }));
    stage.tally.meet("a publisher's transaction is open");
    judge.demandEqual(call.waitsFor, [], "whom complete waits for");
    judge.demandEqual(answered(await call.answer()), true, "its answer");
    await publisher.does("commit");
  }
}
