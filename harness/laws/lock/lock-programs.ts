import { id } from "../../programs/canonical.ts";
import {
  type Doing,
  everyPair,
  everyStory,
  type PairState,
  type Story,
} from "../../programs/plan-programs.ts";
import { type Act, call } from "../../programs/program.ts";
import { everyFault } from "../../programs/plan-faults.ts";
import type { ReadState } from "../../programs/read-state.ts";
import type { Reader } from "../../programs/read-state.ts";
import { inOrder, type Trial } from "../../explore/trial.ts";
import { answered } from "../answered.ts";
import type { Lease, LockBinding } from "./lock-binding.ts";
import { by } from "./lock-calls.ts";

/** What a session of a program does, in the name of a holder. */
export type LockVerb = keyof typeof acts;

/** What ann does beside another, who is ben, ben with another name, or ann in another session. */
export interface LockPair {
  readonly ann: readonly LockVerb[];
  readonly other: readonly LockVerb[];
}

/**
 * Runs pairs of sessions under every schedule, from every state that a name can be in, and of the first pair those in which
 * ann is struck.
 */
export function lockPairs(...pairs: readonly LockPair[]): Trial<LockBinding> {
  return inOrder(
    everyPair<LockBinding>({
      left: leases,
      states,
      pairs: (binding) =>
        pairs.map((pair) => {
          const { one, other, again, elsewhere } = doings(binding, pair);
          return { one, other, instead: [again], elsewhere: [elsewhere] };
        }),
    }),
    ...pairs.slice(0, 1).map((pair) =>
      everyFault<LockBinding>({
        left: leases,
        state: pair.ann[0] === "acquire" ? free : anns,
        pair(binding) {
          const { one, other, elsewhere } = doings(binding, pair);
          return { struck: one, beside: other, elsewhere };
        },
      }),
    ),
  );
}

function doings(binding: LockBinding, { ann, other }: LockPair) {
  return {
    one: doing(binding, by("ann"), ann),
    other: doing(binding, by("ben"), other),
    again: { ...doing(binding, by("ann"), other), name: "ann again" },
    elsewhere: { ...doing(binding, by("ben", 600, "beta"), other), name: "ben elsewhere" },
  };
}

/** Runs what takes more than a pair of calls to show. */
export function lockStories(...stories: readonly Story<LockBinding>[]): Trial<LockBinding> {
  return everyStory({ left: leases, stories });
}

/** The same, where it matters which lease ends first: of no transaction may more than one instant be left. */
export function lockOrders(...stories: readonly Story<LockBinding>[]): Trial<LockBinding> {
  return everyStory({ left: leasesByEnd, stories });
}

/** A state in which leases were acquired, and have run out if it is so long ago. */
export function acquired(
  title: string,
  leasesOf: readonly Asked[],
  secondsAgo = 0,
): PairState<LockBinding> {
  return {
    title,
    async set(binding, setting) {
      for (const asked of leasesOf) await setting.do(binding.acquire(asked));
      if (secondsAgo > 0) await setting.advance(secondsAgo);
    },
  };
}

/** Seconds that no other span here comes near. */
export const longSeconds = 7200;

const free: PairState<LockBinding> = {
  title: "the name is free",
  isUsual: true,
  set: async () => {},
};

const anns = acquired("the name is ann's", [by("ann", longSeconds)]);

const states: readonly PairState<LockBinding>[] = [
  free,
  ...["ann", "cat"].flatMap((holder): PairState<LockBinding>[] => [
    acquired(`the name is ${holder}'s`, [by(holder, longSeconds)]),
    {
      ...acquired(`${holder}'s lease of the name has run out`, [by(holder, 60)], longSeconds),
      isUsual: holder === "cat",
    },
  ]),
];

type Asked = ReturnType<typeof by>;

/** Each call as an act of a program. */
export const acts = {
  // A name that another session has in hand counts as taken.
  acquire: (binding: LockBinding, asked: Asked) =>
    call(binding.acquire(asked), { refuses: (answer) => answered(answer) === false }),
  extend: (binding: LockBinding, asked: Asked) => call(binding.extend(asked)),
  release: (binding: LockBinding, asked: Asked) => call(binding.release(asked)),
  // It passes over a lease that somebody has in hand.
  cleanup: (binding: LockBinding) =>
    call(binding.cleanup(), { refuses: (answer) => answered(answer) === 0 }),
  tokens: (binding: LockBinding) =>
    call(binding.tokens(), { read: ({ name, token }) => ({ name, token: id(token, name) }) }),
} satisfies Record<string, (binding: LockBinding, asked: Asked) => Act>;

function doing(binding: LockBinding, asked: Asked, verbs: readonly LockVerb[]): Doing {
  return { name: asked.holder, acts: verbs.map((verb) => acts[verb](binding, asked)) };
}

export function leases(binding: LockBinding): ReadState {
  return (reader) => readLeases(binding, reader, () => ({}));
}

function leasesByEnd(binding: LockBinding): ReadState {
  return (reader) =>
    readLeases(binding, reader, ({ expiresMicros }) => ({ endsAt: id(expiresMicros, "end") }));
}

/**
 * Spans of time are told apart by far more than a program takes. Where there are no tokens to read, as in an older
 * version, the laws about tokens say so, and the others do without.
 */
async function readLeases(
  binding: LockBinding,
  reader: Reader,
  more: (lease: Lease) => Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const read = await reader.answer(binding.tokens());
  const rows = read.kind === "rows" ? read.rows : [];
  const tokens = new Map(rows.map(({ name, token }) => [name, token]));
  return (await reader.all(binding.leases())).map((lease) => {
    const { name, holder, secondsLeft } = lease;
    const ends = secondsLeft <= 0 ? "is over" : secondsLeft < longSeconds / 2 ? "soon" : "late";
    const told = { name, holder, token: id(tokens.get(name) ?? null, name), ends };
    return Object.assign(told, more(lease));
  });
}
