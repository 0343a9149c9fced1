import { id } from "../../explore/canonical.ts";
import { everySchedule, type Situation } from "../../explore/every-schedule.ts";
import { type Doing, planAlone, planPair } from "../../explore/plan-programs.ts";
import { type Act, call } from "../../explore/program.ts";
import type { ReadState } from "../../explore/serial-judge.ts";
import type { Trial } from "../../explore/trial.ts";
import type { Answer } from "../../postgres/session.ts";
import type { OutboxBinding, OutboxEvent } from "./outbox-binding.ts";
import { claimBy, event } from "./outbox-calls.ts";

/** What a session of a program does: events are about one key, processors are called as their session. */
export type OutboxVerb = "publish" | "claim" | "complete" | "fail";

export interface OutboxPair {
  readonly ann: readonly OutboxVerb[];
  readonly ben: readonly OutboxVerb[];
}

/** Runs pairs of sessions under every schedule, from every state that the events of a key can be in. */
export function outboxPairs(...pairs: readonly OutboxPair[]): Trial<OutboxBinding> {
  return everySchedule<OutboxBinding>({
    left: events,
    situations: states.map(({ title, set, isCommon }) => ({
      title,
      set,
      programs: (binding) =>
        pairs.flatMap(({ ann, ben }) => {
          const first = doing(binding, "ann", ann);
          const elsewhere = { ...doing(binding, "ben", ben, "beta"), name: "ben elsewhere" };
          return [
            ...planPair(first, doing(binding, "ben", ben)),
            ...(isCommon ? [planAlone(first, elsewhere)] : []),
          ];
        }),
    })),
  });
}

interface State extends Pick<Situation<OutboxBinding>, "title" | "set"> {
  /** Whether calls about another key are tried in it, too. */
  readonly isCommon: boolean;
}

/** The event that is completed is the first there ever was. */
const firstId = 1;

const states: readonly State[] = [
  { title: "there is no event", isCommon: true, set: async () => {} },
  {
    title: "an event is fresh",
    isCommon: true,
    async set(binding, session) {
      await session.all(binding.publish(event(0)));
    },
  },
  ...["ann", "cat"].map((processor): State => ({
    title: `an event is in ${processor}'s claim`,
    isCommon: false,
    async set(binding, session) {
      await session.all(binding.publish(event(0)));
      await session.all(binding.claim(claimBy(processor)));
    },
  })),
  {
    title: "an event is in ann's claim and a newer one is fresh",
    isCommon: false,
    async set(binding, session) {
      await session.all(binding.publish(event(0)));
      await session.all(binding.claim(claimBy("ann")));
      await session.all(binding.publish(event(1)));
    },
  },
  {
    title: "ann's claim of an event has lapsed",
    isCommon: false,
    async set(binding, session, database) {
      await session.all(binding.publish(event(0)));
      await session.all(binding.claim(claimBy("ann")));
      await database.advance(binding.claimSeconds * 2);
    },
  },
  {
    title: "an event failed and is due again, and a newer one is fresh",
    isCommon: false,
    async set(binding, session, database) {
      await session.all(binding.publish(event(0)));
      await session.all(binding.claim(claimBy("ann")));
      await session.all(
        binding.complete({ eventId: firstId, processor: "ann", success: false, error: "no" }),
      );
      await session.all(binding.publish(event(1)));
      await database.advance(binding.maxDelaySeconds * 2);
    },
  },
  {
    title: "an event is processed",
    isCommon: false,
    async set(binding, session) {
      await session.all(binding.publish(event(0)));
      await session.all(binding.claim(claimBy("ann")));
      await session.all(binding.complete({ eventId: firstId, processor: "ann", success: true }));
    },
  },
];

function doing(
  binding: OutboxBinding,
  who: string,
  verbs: readonly OutboxVerb[],
  key = "alpha",
): Doing {
  return { name: who, acts: verbs.map((verb) => act(binding, verb, who, key)) };
}

function act(binding: OutboxBinding, verb: OutboxVerb, who: string, key: string): Act {
  switch (verb) {
    case "publish":
      return call(binding.publish(event(who === "ann" ? 10 : 20, key)), {
        read: ({ answer }) => id(answer),
      });
    case "claim":
      // It passes over the events of a key that somebody else works on.
      return call(binding.claim(claimBy(who)), {
        read: ({ eventId, ...rest }) => ({ ...rest, eventId: id(eventId) }),
        refuses: isEmpty,
      });
    case "complete":
    case "fail":
      return call(
        binding.complete({
          eventId: firstId,
          processor: who,
          success: verb === "complete",
          error: verb === "fail" ? `${who} failed` : null,
        }),
      );
  }
}

function isEmpty(answer: Answer): boolean {
  return answer.kind === "rows" && answer.rows.length === 0;
}

/** Of spans of time only counts whether they are over: no program takes as long as the shortest. */
function events(binding: OutboxBinding): ReadState {
  return async (reader) => (await reader.all(binding.events())).map(counting);
}

function counting({
  id: number,
  supersededBy,
  row: _,
  secondsOld: __,
  secondsToRetry,
  claimSecondsLeft,
  ...rest
}: OutboxEvent): unknown {
  return {
    ...rest,
    id: id(number),
    supersededBy: id(supersededBy),
    isDue: secondsToRetry === null ? null : secondsToRetry <= 0,
    isInClaim: claimSecondsLeft !== null && claimSecondsLeft > 0,
  };
}
