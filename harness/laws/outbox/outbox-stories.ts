import { z } from "zod";
import { everyStory, type PairState, type Story, within } from "../../programs/plan-programs.ts";
import { type Act, call } from "../../programs/program.ts";
import { showAnswer } from "../../explore/recorder.ts";
import type { Trial } from "../../explore/trial.ts";
import type { OutboxBinding } from "./outbox-binding.ts";
import { claimBy, event } from "./outbox-calls.ts";
import { acts, events } from "./outbox-programs.ts";

/** Runs what takes more than a pair of calls to show. */
function outboxStories(...stories: readonly Story<OutboxBinding>[]): Trial<OutboxBinding> {
  return everyStory<OutboxBinding>({ left: events, stories });
}

/** What takes events of two keys to show: each processor has its share, and none stands in another's way. */
export function twoKeyStories(): Trial<OutboxBinding> {
  return outboxStories(eachHasOne, publishersGiveUp, publisherClaims);
}

/** How many events there are for one who claims while another claims and does something with it. */
export function claimedBeside(verb: "complete" | "fail"): Trial<OutboxBinding> {
  return outboxStories({
    title: `ann claims beside ben, who claims and then asks to ${verb}`,
    state: {
      title: "an event is fresh, and nothing else is there",
      set: (binding, setting) => setting.do(binding.publish(event(0))),
    },
    sessions: (binding) => [
      { name: "ann", acts: [counting(acts.claim(binding, { who: "ann", key: "alpha" }))] },
      {
        name: "ben",
        acts: [
          counting(acts.claim(binding, { who: "ben", key: "alpha" })),
          acts[verb](binding, { who: "ben", key: "alpha" }),
        ],
      },
    ],
    preemptions: 1,
  });
}

const twoKeys: PairState<OutboxBinding> = {
  title: "events of two keys are fresh",
  async set(binding, setting) {
    await setting.do(binding.publish(event(0)));
    await setting.do(binding.publish(event(0, "beta")));
  },
};

const eachHasOne: Story<OutboxBinding> = {
  title: "ann and ben claim one event each",
  state: twoKeys,
  sessions: (binding) =>
    ["ann", "ben"].map((who) => ({ name: who, acts: [call(binding.claim(claimBy(who, 1)))] })),
  preemptions: 1,
};

/** Nothing is left of it, so that only an error can go wrong. */
const publishersGiveUp: Story<OutboxBinding> = {
  title: "ann and ben each replace an event of their own key and claim, and both roll back",
  state: twoKeys,
  sessions: (binding) =>
    [
      { who: "ann", key: "alpha" },
      { who: "ben", key: "beta" },
    ].map((asked) => ({
      name: asked.who,
      acts: within([acts.publish(binding, asked), claiming(binding, asked.who)], "rollback"),
    })),
  preemptions: 1,
};

/** Both work for one processor: which of them has an event does not count. */
const publisherClaims: Story<OutboxBinding> = {
  title: "one replaces the older event and claims beside another, who claims",
  state: twoKeys,
  sessions: (binding) => [
    {
      name: "one",
      acts: [acts.publish(binding, { who: "ann", key: "alpha" }), claiming(binding, "ann")],
    },
    { name: "another", acts: [claiming(binding, "ann")] },
  ],
  preemptions: 1,
};

/** A claim of which only counts how many events it brought, be there anything in them or not. */
function counting(claim: Act): Act {
  return {
    ...claim,
    query: { ...claim.query, parser: z.unknown() },
    read: (answer) =>
      answer.kind === "rows" ? `${answer.rows.length} events` : showAnswer(answer),
  };
}

/** A claim of which only counts whether it is an error: it may leave to another what that one has in hand. */
function claiming(binding: OutboxBinding, who: string): Act {
  return {
    ...call(binding.claim(claimBy(who))),
    read: (answer) => (answer.kind === "rows" ? "was answered" : showAnswer(answer)),
  };
}
