import * as fc from "fast-check";
import type { Recorder } from "../../explore/recorder.ts";
import { type Advance, sequences, type Transition } from "../../explore/sequences.ts";
import type { Stage } from "../../explore/stage.ts";
import type { Trial } from "../../explore/trial.ts";
import type { Query } from "../../postgres/query.ts";
import type { ByEffort } from "../../verdict/effort.ts";
import type { Lease, LockBinding } from "./lock-binding.ts";
import { readLeases, readTokens } from "./lock-calls.ts";

export type LockOperation =
  | { kind: "acquire"; name: string; holder: string; ttlSeconds: number }
  | { kind: "extend"; name: string; holder: string; ttlSeconds: number }
  | { kind: "release"; name: string; holder: string }
  | { kind: "cleanup" };

export interface LockState {
  readonly leases: ReadonlyMap<string, Lease>;
  /** By name; empty for laws that do not judge by them. */
  readonly tokens: ReadonlyMap<string, number>;
}
export type LockTransition = Transition<LockState, LockOperation | Advance>;

/** Few names and holders, so that callers meet; times to live that run out within a sequence and others that do not. */
const names = fc.constantFrom("alpha", "beta");
const holders = fc.constantFrom("ann", "ben", "cat");
const ttls = fc.constantFrom(60, 600, 3600);
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
    arbitrary: fc.record({ kind: fc.constant("advance"), seconds: fc.constantFrom(50, 700, 4000) }),
  },
) as fc.Arbitrary<LockOperation | Advance>;

/** Random sequences of the four lock functions; the law judges each step by the leases before and after it. */
export function lockSequences(
  judge: (recorder: Recorder, transition: LockTransition, stage: Stage<LockBinding>) => void,
  options: { readonly withTokens?: boolean; readonly runs?: ByEffort } = {},
): Trial<LockBinding> {
  return sequences<LockBinding, LockState, LockOperation>({
    title: "random calls in one session",
    operations: () => operations,
    query,
    readState: async (binding, actor) => ({
      leases: await readLeases(binding, actor),
      tokens: options.withTokens === true ? await readTokens(binding, actor) : new Map(),
    }),
    judge,
    runs: options.runs ?? usualRuns,
  });
}

const usualRuns: ByEffort = { quick: 3, default: 25, thorough: 1500 };

function query(binding: LockBinding, operation: LockOperation): Query {
  switch (operation.kind) {
    case "acquire":
      return binding.acquire(operation);
    case "extend":
      return binding.extend(operation);
    case "release":
      return binding.release(operation);
    default:
      return binding.cleanup();
  }
}
