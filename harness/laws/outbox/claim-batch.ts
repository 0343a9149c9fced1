import { z } from "zod";
import type { Recorder } from "../../explore/recorder.ts";
import { schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Law } from "../law.ts";
import type { OutboxBinding, OutboxEvent } from "./outbox-binding.ts";
import {
  claimBy,
  event,
  idsOf,
  isLapsed,
  isLive,
  isOpen,
  keyOf,
  publishAndClaim,
  readEvents,
} from "./outbox-calls.ts";
import { enter, failOnce, type OutboxPlay, passTime } from "./outbox-scenes.ts";
import { outboxSequences } from "./outbox-sequences.ts";

/** Which plan runs may not matter; a tiny table's own would never be the one of a large table. */
const plans = {
  "any plan": {},
  "a nested loop": {
    enable_hashjoin: "off",
    enable_mergejoin: "off",
    enable_material: "off",
    enable_hashagg: "off",
  },
  "no index": { enable_indexscan: "off", enable_bitmapscan: "off", enable_indexonlyscan: "off" },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

export const claimBatch: Law<OutboxBinding> = {
  id: "outbox.claim-batch",
  claim:
    "never more than the batch size, whatever the plan (also with a nested loop forced), oldest due first, then by id; " +
    "it leaves no lock on what it did not claim",
  situations: [
    "more is due than the batch",
    "a nested loop is forced",
    "others lock what is left",
    "a newer event of an old key",
  ],
  trial: inOrder(
    ...Object.entries(plans).map(([plan, settings]) =>
      schedule<OutboxBinding>(`batches of what is due, ${plan}`, (play) => batches(play, settings)),
    ),
    schedule<OutboxBinding>("a newer event of a key that has been due for long", newerOfOldKey),
    outboxSequences((recorder, { before, operation, answer }, stage) => {
      if (operation.kind !== "claim" || answer.kind !== "rows") return;
      const due = dueOf(before, stage.binding);
      if (due.some(({ parks }) => parks)) return;
      demandFirst(recorder, due, operation.batchSize, idsOf(answer));
    }),
  ),
};

interface Due {
  readonly id: number;
  /** Since when it has been due, seconds. */
  readonly secondsDue: number;
  /** Its lapse is one failure too many, so that a claim parks it. */
  readonly parks: boolean;
}

/** What a claim may have, oldest due first, then by id. */
function dueOf(events: readonly OutboxEvent[], binding: OutboxBinding): Due[] {
  return events
    .filter(isOpen)
    .filter((each) => {
      const sameKey = events.filter((other) => isOpen(other) && keyOf(other) === keyOf(each));
      return !each.parked && sameKey.every((other) => other.id <= each.id && !isLive(other));
    })
    .map((each) => ({
      id: each.id,
      secondsDue: -(each.claimSecondsLeft ?? each.secondsToRetry ?? -each.secondsOld),
      parks: isLapsed(each) && each.retryCount + 1 >= binding.maxAttempts,
    }))
    .filter(({ secondsDue }) => secondsDue >= 0)
    .toSorted((one, other) => other.secondsDue - one.secondsDue || one.id - other.id);
}

/** A moment between reading and claiming makes an event due that was not: that is no fault. */
function demandFirst(
  recorder: Recorder,
  due: readonly Due[],
  batchSize: number,
  claimed: readonly number[],
): void {
  recorder.demand(claimed.length <= batchSize, {
    expected: `at most ${batchSize} events`,
    happened: `${claimed.length} events: ${claimed.join(", ")}`,
  });
  const first = due.slice(0, batchSize).map(({ id }) => id);
  recorder.demandEqual(claimed.slice(0, first.length), first, "what is claimed, oldest due first");
}

/** The newer event is due since it was published, however long the older one has been. */
async function newerOfOldKey(play: OutboxPlay): Promise<void> {
  const { binding, judge, stage } = play;
  const caller = await enter(play, "caller");
  const older = await publishAndClaim(binding, caller, "p");
  await failOnce(play, caller, older, "p");
  await passTime(play, 60);
  await caller.asks(binding.publish(event(1, "beta")));
  await passTime(play, 60);
  await caller.asks(binding.publish(event(2)));
  const due = dueOf(await readEvents(binding, caller), binding);
  const claimed = idsOf(await caller.asks(binding.claim(claimBy("p", 1))));
  stage.tally.meet("a newer event of an old key");
  demandFirst(judge, due, 1, claimed);
}

const idRow = z.object({ id: z.number() });

async function batches(
  play: OutboxPlay,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const { binding, cast, judge, stage } = play;
  const caller = await cast.enter("caller", { settings });
  const keys = 9;
  for (let number = 1; number <= keys; number += 1) {
    await caller.asks(binding.publish(event(number, `k${number}`)));
  }
  await failFirst(play, caller.name, 600);
  await passTime(play, 400);
  if (Object.keys(settings).length > 0) stage.tally.meet("a nested loop is forced");
  const watcher = await cast.enter("watcher", { role: "deployer" });
  const due = dueOf(await readEvents(binding, watcher), binding);
  await caller.does("begin");
  const claimed = idsOf(await caller.asks(binding.claim(claimBy("p", 3))));
  stage.tally.meet("more is due than the batch");
  demandFirst(judge, due, 3, claimed);
  const locked = await watcher.session.run(
    `select ${binding.idColumn}::float8 as id from ${binding.table} for update skip locked`,
  );
  const lockable = locked.rows.map((row) => idRow.parse(row).id).toSorted((a, b) => a - b);
  stage.tally.meet("others lock what is left");
  const left = (await readEvents(binding, watcher)).map(({ id }) => id);
  judge.demandEqual(
    lockable,
    left.filter((id) => !claimed.includes(id)),
    "the events that others can lock while the claim is not committed",
  );
  await caller.does("commit");
  const next = await readEvents(binding, watcher);
  demandFirst(
    judge,
    dueOf(next, binding),
    20,
    idsOf(await caller.asks(binding.claim(claimBy("q", 20)))),
  );
}

/** Claims the oldest and fails it, so that the order of what is due is not that of ids. */
async function failFirst({ binding, cast }: OutboxPlay, name: string, delay: number) {
  const actor = await cast.enter(`${name} before`);
  const [eventId = null] = idsOf(await actor.asks(binding.claim(claimBy("p", 1))));
  const failure = { eventId, processor: "p", success: false, retryDelaySeconds: delay };
  await actor.asks(binding.complete(failure));
  const [second = null] = idsOf(await actor.asks(binding.claim(claimBy("p", 1))));
  const soon = { eventId: second, processor: "p", success: false, retryDelaySeconds: 100 };
  await actor.asks(binding.complete(soon));
}
