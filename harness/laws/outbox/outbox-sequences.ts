import * as fc from "fast-check";
import type { Recorder } from "../../explore/recorder.ts";
import { type Advance, sequences, type Transition } from "../../explore/sequences.ts";
import type { Stage } from "../../explore/stage.ts";
import type { Trial } from "../../explore/trial.ts";
import type { Query } from "../../postgres/query.ts";
import type { ByEffort } from "../../verdict/effort.ts";
import type { EventKey, OutboxBinding, OutboxEvent } from "./outbox-binding.ts";
import { claimBy, event, readEvents } from "./outbox-calls.ts";

export type OutboxOperation =
  | { kind: "publish"; key: Partial<EventKey>; number: number }
  | { kind: "claim"; processor: string; batchSize: number }
  | {
      kind: "complete";
      eventId: number;
      processor: string;
      success: boolean;
      error: string;
      retryDelaySeconds: number;
    };

export type OutboxTransition = Transition<readonly OutboxEvent[], OutboxOperation | Advance>;

/** Few keys, each of which differs in one part from the first, and few processors, so that they meet; ids begin at 1. */
const processors = fc.constantFrom("p", "q");
const operations: fc.Arbitrary<OutboxOperation | Advance> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("publish" as const),
      key: fc.constantFrom<Partial<EventKey>>(
        {},
        { aggregateId: "beta" },
        { aggregateType: "invoice" },
        { eventType: "created" },
      ),
      number: fc.integer({ min: 1, max: 1000 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("claim" as const),
      processor: processors,
      batchSize: fc.constantFrom(10, 1, 2),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("complete" as const),
      eventId: fc.integer({ min: 1, max: 4 }),
      processor: processors,
      success: fc.boolean(),
      error: fc.constantFrom("boom", "crash"),
      retryDelaySeconds: fc.constantFrom(0, 60, 3000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("advance" as const),
      seconds: fc.constantFrom(100, 301, 4000),
    }),
  },
);

/** Random sequences of the three outbox functions; the law judges each step by the events before and after it. */
export function outboxSequences(
  judge: (recorder: Recorder, transition: OutboxTransition, stage: Stage<OutboxBinding>) => void,
  runs: ByEffort = usualRuns,
): Trial<OutboxBinding> {
  return sequences<OutboxBinding, readonly OutboxEvent[], OutboxOperation>({
    title: "random calls in one session",
    operations: () => operations,
    query,
    readState: readEvents,
    judge,
    runs,
    maxLength: 18,
  });
}

const usualRuns: ByEffort = { quick: 3, default: 25, thorough: 1500 };

function query(binding: OutboxBinding, operation: OutboxOperation): Query {
  switch (operation.kind) {
    case "publish":
      return binding.publish({ ...event(operation.number), ...operation.key });
    case "claim":
      return binding.claim(claimBy(operation.processor, operation.batchSize));
    default:
      return binding.complete(operation);
  }
}
