import * as fc from "fast-check";
import type { Recorder } from "../../explore/recorder.ts";
import { type Advance, sequences, type Transition } from "../../explore/sequences.ts";
import type { Stage } from "../../explore/stage.ts";
import type { Trial } from "../../explore/trial.ts";
import type { Answer } from "../../postgres/session.ts";
import type { Lease, LockBinding } from "./lock-binding.ts";

export type LockOperation =
  | { kind: "acquire"; name: string; holder: string; ttlSeconds: number }
  | { kind: "extend"; name: string; holder: string; ttlSeconds: number }
  | { kind: "release"; name: string; holder: string }
  | { kind: "cleanup" };

/** Leases by name. */
export type LockState = ReadonlyMap<string, Lease>;
export type LockTransition = Transition<LockState, LockOperation | Advance>;

/** Few names and holders, so that callers meet; times to live that run out within a sequence and others that do not. */
const names = fc.constantFrom("alpha", "beta");
const holders = fc.constantFrom("ann", "ben", "cat");
const ttls = fc.constantFrom(5, 30, 600);
const operations: fc.Arbitrary<LockOperation | Advance> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("acquire"),
      name: names,
      holder: holders,
      ttlSeconds: ttls,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("extend"),
      name: names,
      holder: holders,
      ttlSeconds: ttls,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("release"), name: names, holder: holders }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cleanup") }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("advance"), seconds: fc.constantFrom(4, 40, 700) }),
  },
) as fc.Arbitrary<LockOperation | Advance>;

/** Random sequences of the four lock functions; the law judges each step by the leases before and after it. */
export function lockSequences(
  title: string,
  judge: (recorder: Recorder, transition: LockTransition, stage: Stage<LockBinding>) => void,
): Trial<LockBinding> {
  return sequences<LockBinding, LockState, LockOperation>({
    title,
    operations: () => operations,
    query: (binding, operation) => {
      switch (operation.kind) {
        case "acquire":
          return binding.acquire(operation);
        case "extend":
          return binding.extend(operation);
        case "release":
          return binding.release(operation);
        case "cleanup":
          return binding.cleanup();
      }
    },
    readState: async (binding, actor) =>
      new Map((await actor.session.all(binding.leases())).map((lease) => [lease.name, lease])),
    judge,
  });
}

/** Whether a lease is live at the moment it was read. */
export function isLive(lease: Lease | undefined): lease is Lease {
  return lease !== undefined && lease.secondsLeft > 0;
}

/** What a function of one value answered; the text of the error if it raised one. */
export function answered(answer: Answer): unknown {
  if (answer.kind === "error") return `error ${answer.sqlstate}`;
  if (answer.kind === "lost") return "connection lost";
  const [row] = answer.rows as readonly { answer?: unknown }[];
  return row?.answer;
}

/** Leases without what moves with the clock: two readings of an untouched table are equal. */
export function standing(state: LockState): unknown {
  return [...state.values()].map(({ name, holder, token, expires }) => ({
    name,
    holder,
    token,
    expires,
  }));
}
