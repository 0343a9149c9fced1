import { id } from "../../explore/canonical.ts";
import { everySchedule, type Situation } from "../../explore/every-schedule.ts";
import { type Doing, planAlone, planPair } from "../../explore/plan-programs.ts";
import { call } from "../../explore/program.ts";
import type { ReadState } from "../../explore/serial-judge.ts";
import type { Trial } from "../../explore/trial.ts";
import { answered } from "../answered.ts";
import type { LockBinding } from "./lock-binding.ts";
import { by } from "./lock-calls.ts";

/** What a session of a program does, in the name of the holder that it is called by. */
export type LockVerb = "acquire" | "extend" | "release" | "cleanup" | "tokens";

/** The verbs of two sessions: ann's, and those of ben, or of ann once more, about the same name or another. */
export interface LockPair {
  readonly ann: readonly LockVerb[];
  readonly other: readonly LockVerb[];
}

/** Runs pairs of sessions under every schedule, from every state that a name can be in. */
export function lockPairs(...pairs: readonly LockPair[]): Trial<LockBinding> {
  return everySchedule<LockBinding>({
    left: leases,
    situations: states.map(({ title, set, isCommon }) => ({
      title,
      set,
      programs: (binding) =>
        pairs.flatMap(({ ann, other }) => {
          const first = doing(binding, "ann", ann);
          const again = { ...doing(binding, "ann", other), name: "ann again" };
          const elsewhere = { ...doing(binding, "ben", other, "beta"), name: "ben elsewhere" };
          return [
            ...planPair(first, doing(binding, "ben", other)),
            planAlone(first, again),
            ...(isCommon ? [planAlone(first, elsewhere)] : []),
          ];
        }),
    })),
  });
}

interface State extends Pick<Situation<LockBinding>, "title" | "set"> {
  /** Whether calls about another name are tried in it, too. */
  readonly isCommon: boolean;
}

const states: readonly State[] = [
  { title: "the name is free", isCommon: true, set: async () => {} },
  ...["ann", "cat"].flatMap((holder): State[] => [
    {
      title: `the name is ${holder}'s`,
      isCommon: false,
      async set(binding, session) {
        await session.all(binding.acquire(by(holder, longSeconds)));
      },
    },
    {
      title: `${holder}'s lease of the name has run out`,
      isCommon: holder === "cat",
      async set(binding, session, database) {
        await session.all(binding.acquire(by(holder, 60)));
        await database.advance(longSeconds);
      },
    },
  ]),
];

const longSeconds = 7200;

function doing(
  binding: LockBinding,
  holder: string,
  verbs: readonly LockVerb[],
  name = "alpha",
): Doing {
  return { name: holder, acts: verbs.map((verb) => act(binding, verb, by(holder, 600, name))) };
}

function act(binding: LockBinding, verb: LockVerb, asked: ReturnType<typeof by>) {
  switch (verb) {
    case "acquire":
      // A name that another session has in hand counts as taken.
      return call(binding.acquire(asked), { refuses: (answer) => answered(answer) === false });
    case "extend":
      return call(binding.extend(asked));
    case "release":
      return call(binding.release(asked));
    case "cleanup":
      // It passes over a lease that somebody has in hand.
      return call(binding.cleanup(), { refuses: (answer) => answered(answer) === 0 });
    case "tokens":
      return call(binding.tokens(), {
        read: ({ name, token }) => ({ name, token: id(token, name) }),
      });
  }
}

/** Spans of time are told apart by far more than a program takes. */
function leases(binding: LockBinding): ReadState {
  return async (reader) => {
    const tokens = new Map(
      (await reader.all(binding.tokens())).map((each) => [each.name, each.token]),
    );
    return (await reader.all(binding.leases())).map(({ name, holder, secondsLeft }) => ({
      name,
      holder,
      token: id(tokens.get(name) ?? null, name),
      ends: secondsLeft <= 0 ? "is over" : secondsLeft < longSeconds / 2 ? "soon" : "late",
    }));
  };
}
