import { Discrepancy } from "../../explore/discrepancy.ts";
import { createRecorder, type Recorder } from "../../explore/recorder.ts";
import { atEffort, type Stage } from "../../explore/stage.ts";
import { inOrder, type Trial } from "../../explore/trial.ts";
import type { Law } from "../law.ts";
import type { Claimed, OutboxBinding, OutboxProcessor } from "./outbox-binding.ts";
import { event } from "./outbox-calls.ts";
import { outboxFaults } from "./outbox-programs.ts";

export const drain: Law<OutboxBinding> = {
  id: "outbox.drain",
  claim:
    "N processors drain M events: each delivered or superseded, exactly once when nobody fails, at least once when " +
    "processors are killed at any step",
  situations: [
    "many at once",
    "stopped after a step",
    "connection cut after a step",
    "delivery fails",
  ],
  isBound: ({ processor }) => processor !== undefined,
  trial: inOrder(
    eachStep("stopped after a step"),
    eachStep("connection cut after a step"),
    outboxFaults({ ann: ["claim"], ben: ["claim"] }),
    outboxFaults({ ann: ["complete"], ben: ["claim"] }),
    many,
  ),
};

type Disturbance = "stopped after a step" | "connection cut after a step";

const events = 5;

/** One processor, disturbed after each of its steps in turn; its claims lapse, and another goes on. */
function eachStep(disturbance: Disturbance): Trial<OutboxBinding> {
  return async (stage) => {
    const whole = await play(stage, "undisturbed");
    const steps = atEffort(stage, { quick: 4, default: whole, thorough: whole });
    for (let index = 1; index <= steps; index += 1) {
      const after = Math.ceil((index * whole) / steps);
      await play(stage, disturbance, after);
      stage.tally.meet(disturbance);
      stage.tally.count("faults");
    }
  };
}

/** Answers how many steps the first processor took. */
async function play(
  stage: Stage<OutboxBinding>,
  disturbance: Disturbance | "undisturbed",
  after = Infinity,
): Promise<number> {
  const { database, binding, tally } = stage;
  const recorder = createRecorder(`one processor drains the outbox, ${disturbance}`);
  await database.empty();
  await publishAll(stage, recorder);
  const deliveries: Claimed[] = [];
  const deliver = async (claimed: Claimed): Promise<void> => {
    recorder.begin("receiver", `gets ${claimed.eventId}: ${claimed.payload}`)("");
    deliveries.push(claimed);
    const failsFirst = claimed.aggregateId === "k1" && countOf(deliveries, claimed.eventId) === 1;
    if (!failsFirst) return;
    tally.meet("delivery fails");
    throw new Error("the receiver is busy");
  };
  const steps = await start(stage, recorder, "first", deliver, { after, disturbance });
  for (let pass = 0; pass < 2; pass += 1) {
    const tell = recorder.begin("clock", "claims lapse and delays pass");
    await database.advance(binding.claimSeconds + binding.maxDelaySeconds);
    tell("");
    await start(stage, recorder, `next-${pass + 1}`, deliver);
  }
  await demandDrained(stage, recorder, deliveries);
  if (disturbance !== "undisturbed") return steps;
  for (const { eventId, aggregateId } of deliveries) {
    const wanted = aggregateId === "k1" ? 2 : 1;
    recorder.demandEqual(countOf(deliveries, eventId), wanted, `how often event ${eventId} came`);
  }
  return steps;
}

/** More than draining what is published can take. */
const mostSteps = 200;

interface Interruption {
  readonly after: number;
  readonly disturbance: Disturbance | "undisturbed";
}

async function start(
  stage: Stage<OutboxBinding>,
  recorder: Recorder,
  name: string,
  deliver: (claimed: Claimed) => Promise<void>,
  { after, disturbance }: Interruption = { after: Infinity, disturbance: "undisturbed" },
): Promise<number> {
  const session = await stage.database.lend({ name, role: "app" });
  let steps = 0;
  let interrupted = false;
  try {
    await processorOf(stage)({
      name,
      session,
      deliver,
      async step(done) {
        steps += 1;
        recorder.begin(name, done)("");
        recorder.demand(steps <= mostSteps, {
          expected: `${name} comes to an end`,
          happened: `it goes on after ${mostSteps} steps`,
        });
        if (steps !== after) return;
        interrupted = true;
        recorder.begin(name, disturbance)("");
        if (disturbance === "connection cut after a step") session.drop();
        else throw new Stopped();
      },
    });
  } catch (error) {
    if (!interrupted || error instanceof Discrepancy) throw error;
  } finally {
    await stage.database.rest(session);
  }
  return steps;
}

class Stopped extends Error {
  override readonly name = "Stopped";
}

/** Nobody fails here, so nothing may come twice. */
async function many(stage: Stage<OutboxBinding>): Promise<void> {
  const recorder = createRecorder("many processors drain the outbox", { repeatable: false });
  await stage.database.empty();
  await publishAll(stage, recorder, 20);
  const deliveries: Claimed[] = [];
  const processors = atEffort(stage, { quick: 2, default: 4, thorough: 12 });
  const deliver = async (claimed: Claimed): Promise<void> => {
    recorder.begin("receiver", `gets ${claimed.eventId}`)("");
    deliveries.push(claimed);
  };
  const names = Array.from({ length: processors }, (_, index) => `processor-${index + 1}`);
  await Promise.all(names.map((name) => start(stage, recorder, name, deliver)));
  await start(stage, recorder, "last", deliver);
  stage.tally.meet("many at once");
  for (const { eventId } of deliveries)
    recorder.demandEqual(countOf(deliveries, eventId), 1, `how often event ${eventId} came`);
  await demandDrained(stage, recorder, deliveries);
}

async function publishAll(
  { database, binding }: Stage<OutboxBinding>,
  recorder: Recorder,
  howMany = events,
): Promise<void> {
  await using lent = new AsyncDisposableStack();
  const publisher = await database.lend({ name: "publisher", role: "app" });
  lent.defer(() => database.rest(publisher));
  for (let number = 1; number <= howMany; number += 1) {
    recorder.begin("publisher", `publishes about k${number}`)("");
    await publisher.one(binding.publish(event(number, `k${number}`)));
  }
}

async function demandDrained(
  { database, binding }: Stage<OutboxBinding>,
  recorder: Recorder,
  deliveries: readonly Claimed[],
): Promise<void> {
  await using lent = new AsyncDisposableStack();
  const reader = await database.lend({ name: "reader", role: "app" });
  lent.defer(() => database.rest(reader));
  for (const each of await reader.all(binding.events())) {
    recorder.demandEqual(each.processed, true, `whether event ${each.id} is processed at the end`);
    const came = countOf(deliveries, each.id) > 0 || each.supersededBy !== null;
    recorder.demandEqual(came, true, `whether event ${each.id} was delivered or superseded`);
  }
}

function countOf(deliveries: readonly Claimed[], id: number): number {
  return deliveries.filter(({ eventId }) => eventId === id).length;
}

function processorOf({ binding }: Stage<OutboxBinding>): OutboxProcessor {
  if (binding.processor === undefined) throw new Error("outbox.drain needs a bound processor");
  return binding.processor;
}
