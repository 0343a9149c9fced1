import { id } from "../../programs/canonical.ts";
import { type Doing, everyPair, type PairState } from "../../programs/plan-programs.ts";
import { type Act, call } from "../../programs/program.ts";
import { everyFault } from "../../programs/plan-faults.ts";
import type { ReadState } from "../../programs/read-state.ts";
import type { Trial } from "../../explore/trial.ts";
import type { OutboxBinding } from "./outbox-binding.ts";
import { claimBy, event } from "./outbox-calls.ts";

/** What a session of a program does: events are about one key, processors are called as their session. */
export type OutboxVerb = keyof typeof acts;

export interface OutboxPair {
  readonly ann: readonly OutboxVerb[];
  readonly ben: readonly OutboxVerb[];
}

/** Runs pairs of sessions under every schedule, from every state that the events of a key can be in. */
export function outboxPairs(...pairs: readonly OutboxPair[]): Trial<OutboxBinding> {
  return everyPair<OutboxBinding>({
    left: events,
    states,
    pairs: (binding) =>
      pairs.map(({ ann, ben }) => ({
        one: doing(binding, ann, { who: "ann", key: "alpha" }),
        other: doing(binding, ben, { who: "ben", key: "alpha" }),
        elsewhere: [{ ...doing(binding, ben, { who: "ben", key: "beta" }), name: "ben elsewhere" }],
      })),
  });
}

/** What is struck, about an event that is fresh, or for who completes in ann's claim. */
export function outboxFaults({ ann, ben }: OutboxPair): Trial<OutboxBinding> {
  const [first] = ann;
  return everyFault<OutboxBinding>({
    left: events,
    state: {
      title: "an event is there",
      async set(binding, setting) {
        await setting.do(binding.publish(event(0)));
        if (first === "complete" || first === "fail")
          await setting.do(binding.claim(claimBy("ann")));
      },
    },
    pair: (binding) => ({
      struck: doing(binding, ann, { who: "ann", key: "alpha" }),
      beside: doing(binding, ben, { who: "ben", key: "alpha" }),
      // A claim may take events of other keys meanwhile and leave those in hand: no order of calls brings that.
      ...(first === "publish"
        ? {
            elsewhere: {
              ...doing(binding, ann, { who: "ben", key: "beta" }),
              name: "ben elsewhere",
            },
          }
        : {}),
    }),
  });
}

/** The event that is completed is the first there ever was. */
const firstId = 1;

const states: readonly PairState<OutboxBinding>[] = [
  { title: "there is no event", isUsual: true, set: async () => {} },
  {
    title: "an event is fresh",
    isUsual: true,
    async set(binding, setting) {
      await setting.do(binding.publish(event(0)));
    },
  },
  ...["ann", "cat"].map((processor): PairState<OutboxBinding> => ({
    title: `an event is in ${processor}'s claim`,
    async set(binding, setting) {
      await setting.do(binding.publish(event(0)));
      await setting.do(binding.claim(claimBy(processor)));
    },
  })),
  {
    title: "an event is in ann's claim and a newer one is fresh",
    async set(binding, setting) {
      await setting.do(binding.publish(event(0)));
      await setting.do(binding.claim(claimBy("ann")));
      await setting.do(binding.publish(event(1)));
    },
  },
  {
    title: "ann's claim of an event has lapsed",
    async set(binding, setting) {
      await setting.do(binding.publish(event(0)));
      await setting.do(binding.claim(claimBy("ann")));
      await setting.advance(binding.claimSeconds * 2);
    },
  },
  {
    title: "an event failed and is due again, and a newer one is fresh",
    async set(binding, setting) {
      await setting.do(binding.publish(event(0)));
      await setting.do(binding.claim(claimBy("ann")));
      await setting.do(
        binding.complete({ eventId: firstId, processor: "ann", success: false, error: "no" }),
      );
      await setting.do(binding.publish(event(1)));
      await setting.advance(binding.maxDelaySeconds * 2);
    },
  },
  {
    title: "an event is processed",
    async set(binding, setting) {
      await setting.do(binding.publish(event(0)));
      await setting.do(binding.claim(claimBy("ann")));
      await setting.do(binding.complete({ eventId: firstId, processor: "ann", success: true }));
    },
  },
  {
    title: "an event is parked",
    async set(binding, setting) {
      await setting.do(binding.publish(event(0)));
      for (let attempt = 1; attempt <= binding.maxAttempts; attempt += 1) {
        await setting.do(binding.claim(claimBy("ann")));
        await setting.do(
          binding.complete({ eventId: firstId, processor: "ann", success: false, error: "no" }),
        );
        await setting.advance(binding.maxDelaySeconds * 2);
      }
    },
  },
];

interface Asked {
  /** The processor. */
  readonly who: string;
  readonly key: string;
}

/** Each call as an act of a program. */
export const acts = {
  publish: (binding: OutboxBinding, { who, key }: Asked) =>
    call(binding.publish(event(who === "ann" ? 10 : 20, key)), {
      read: ({ answer }) => id(answer),
    }),
  // It passes over the events of a key that somebody else works on.
  claim: (binding: OutboxBinding, { who }: Asked) =>
    call(binding.claim(claimBy(who)), {
      read: ({ eventId, payload, retryCount }) => ({ eventId: id(eventId), payload, retryCount }),
      refuses: (answer) => answer.kind === "rows" && answer.rows.length === 0,
    }),
  complete: (binding: OutboxBinding, { who }: Asked) =>
    call(binding.complete({ eventId: firstId, processor: who, success: true })),
  fail: (binding: OutboxBinding, { who }: Asked) =>
    call(
      binding.complete({
        eventId: firstId,
        processor: who,
        success: false,
        error: `${who} failed`,
      }),
    ),
} satisfies Record<string, (binding: OutboxBinding, asked: Asked) => Act>;

function doing(binding: OutboxBinding, verbs: readonly OutboxVerb[], asked: Asked): Doing {
  return { name: asked.who, acts: verbs.map((verb) => acts[verb](binding, asked)) };
}

/** Of spans of time only counts whether they are over: no program takes as long as the shortest. */
export function events(binding: OutboxBinding): ReadState {
  return async (reader) =>
    (await reader.all(binding.events())).map((each) => ({
      id: id(each.id),
      key: each.aggregateId,
      payload: each.payload,
      processed: each.processed,
      processedBy: each.processedBy,
      retryCount: each.retryCount,
      lastError: each.lastError,
      isDue: each.secondsToRetry === null ? null : each.secondsToRetry <= 0,
      claimedBy: each.claimedBy,
      isInClaim: each.claimSecondsLeft !== null && each.claimSecondsLeft > 0,
      everClaimed: each.everClaimed,
      supersededBy: id(each.supersededBy),
      parked: each.parked,
    }));
}
