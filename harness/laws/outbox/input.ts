import { schedule } from "../../explore/schedule.ts";
import type { Query } from "../../postgres/query.ts";
import { type BadCall, blanks, demandRefused } from "../bad-input.ts";
import type { Law } from "../law.ts";
import type { OutboxBinding } from "./outbox-binding.ts";
import { event, publishAndClaim, readEvents } from "./outbox-calls.ts";
import { enter, type OutboxPlay } from "./outbox-scenes.ts";

export const input: Law<OutboxBinding> = {
  id: "outbox.input",
  claim: "bad input: 22023, nothing changed",
  situations: ["a bad publish", "a bad claim", "a bad completion"],
  trial: schedule<OutboxBinding>("bad arguments, one after the other", badArguments),
};

const badText = [null, ...blanks];
const badEvents = {
  aggregateType: badText,
  aggregateId: badText,
  eventType: badText,
  payload: [null],
};
const badClaims = { processor: badText, batchSize: [null, 0, -1] };
const badCompletions = {
  eventId: [null],
  processor: badText,
  success: [null],
  retryDelaySeconds: [null, -1],
};

async function badArguments(play: OutboxPlay): Promise<void> {
  const { binding, cast, judge, stage } = play;
  const actor = await enter(play, "caller");
  const reader = await cast.enter("reader", { role: "deployer" });
  const eventId = await publishAndClaim(binding, actor, "p");
  await actor.asks(binding.publish(event(2, "beta")));
  const completion = { eventId, processor: "p", success: false, error: "boom" };
  const calls = {
    "a bad publish": badCalls(binding, badEvents, event(3), (call) => binding.publish(call)),
    "a bad claim": badCalls(binding, badClaims, { processor: "q", batchSize: 5 }, (call) =>
      binding.claim(call),
    ),
    "a bad completion": badCalls(
      binding,
      badCompletions,
      { ...completion, retryDelaySeconds: 5 },
      (call) => binding.complete(call),
    ),
  };
  const readState = async (): Promise<unknown> => ({
    events: (await readEvents(binding, reader)).map(({ row }) => row),
    counters: binding.counters === undefined ? [] : await reader.session.all(binding.counters()),
  });
  for (const [situation, each] of Object.entries(calls)) {
    await demandRefused(actor, judge, each, readState);
    stage.tally.count("comparisons", each.length);
    stage.tally.meet(situation);
  }
}

/** Good calls with one argument at a time made bad. */
function badCalls<Call extends object>(
  { argumentNames }: OutboxBinding,
  bad: Readonly<Record<string, readonly unknown[]>>,
  good: Call,
  query: (call: Call) => Query,
): BadCall[] {
  const names: Readonly<Record<string, string>> = argumentNames ?? {};
  return Object.entries(bad).flatMap(([argument, values]) =>
    values.map((value) => ({
      query: query({ ...good, [argument]: value }),
      argument: names[argument],
    })),
  );
}
