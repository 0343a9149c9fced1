import * as fc from "fast-check";
import type { Query } from "../postgres/query.ts";
import type { Answer } from "../postgres/session.ts";
import type { ByEffort } from "../verdict/effort.ts";
import { type Actor, openCast } from "./actor.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import { atEffort, type Stage } from "./stage.ts";
import type { Trial } from "./trial.ts";

/** One step from one state to the next, as a law sees it. */
export interface Transition<State, Operation> {
  readonly before: State;
  readonly operation: Operation;
  readonly answer: Answer;
  readonly after: State;
  /** All transitions of the run before this one, oldest first. */
  readonly past: readonly Transition<State, Operation>[];
}

/** Time passing is an operation of every sequence. */
export interface Advance {
  readonly kind: "advance";
  readonly seconds: number;
}

export interface SequenceTrial<Binding, State, Operation extends { readonly kind: string }> {
  readonly title: string;
  /** The operations that a run is made of; {@link Advance} may be among them. */
  readonly operations: (stage: Stage<Binding>) => fc.Arbitrary<Operation | Advance>;
  readonly query: (binding: Binding, operation: Operation) => Query;
  /** What the law judges by, read before the first operation and after each. */
  readonly readState: (binding: Binding, actor: Actor) => Promise<State>;
  /** Demands what the law claims of one step. */
  readonly judge: (
    recorder: Recorder,
    transition: Transition<State, Operation | Advance>,
    stage: Stage<Binding>,
  ) => void;
  readonly runs?: ByEffort;
  readonly maxLength?: number;
}

const usualRuns: ByEffort = { quick: 4, default: 40, thorough: 1500 };

/**
 * Random operation sequences in one session, each step judged against a reference model: the state before is the
 * server's own, so one wrong step is found once and by the law it breaks. fast-check shrinks to the shortest.
 */
export function sequences<Binding, State, Operation extends { readonly kind: string }>(
  trial: SequenceTrial<Binding, State, Operation>,
): Trial<Binding> {
  return async (stage) => {
    await using scene = await openScene(stage);
    const property = fc.asyncProperty(
      fc.array(trial.operations(stage), { minLength: 1, maxLength: trial.maxLength ?? 14 }),
      async (operations) => {
        await play(trial, stage, await scene.reset(trial.title), operations);
        stage.tally.count("runs");
      },
    );
    const details = await fc.check(property, {
      seed: stage.seed,
      numRuns: atEffort(stage, trial.runs ?? usualRuns),
    });
    if (details.failed) throw details.errorInstance;
  };
}

interface Scene extends AsyncDisposable {
  reset(title: string): Promise<{ actor: Actor; recorder: Recorder }>;
}

/** Two sessions for all runs of the trial: opening them costs more than a run. */
async function openScene<Binding>(stage: Stage<Binding>): Promise<Scene> {
  let recorder = createRecorder("");
  const live: Recorder = {
    get trial() {
      return recorder.trial;
    },
    get steps() {
      return recorder.steps;
    },
    begin: (who, does) => recorder.begin(who, does),
    demand: (holds, finding) => recorder.demand(holds, finding),
    demandEqual: (happened, expected, what) => recorder.demandEqual(happened, expected, what),
  };
  const cast = await openCast(stage.database, live);
  const actor = await cast.enter("caller");
  return {
    async reset(title) {
      await stage.database.empty();
      recorder = createRecorder(title);
      return { actor, recorder };
    },
    [Symbol.asyncDispose]: () => cast[Symbol.asyncDispose](),
  };
}

async function play<Binding, State, Operation extends { readonly kind: string }>(
  trial: SequenceTrial<Binding, State, Operation>,
  stage: Stage<Binding>,
  { actor, recorder }: { actor: Actor; recorder: Recorder },
  operations: readonly (Operation | Advance)[],
): Promise<void> {
  const past: Transition<State, Operation | Advance>[] = [];
  let before = await trial.readState(stage.binding, actor);
  for (const operation of operations) {
    const answer = await perform(trial, stage, actor, recorder, operation);
    const after = await trial.readState(stage.binding, actor);
    const transition = { before, operation, answer, after, past: [...past] };
    trial.judge(recorder, transition, stage);
    past.push(transition);
    before = after;
  }
}

async function perform<Binding, State, Operation extends { readonly kind: string }>(
  trial: SequenceTrial<Binding, State, Operation>,
  stage: Stage<Binding>,
  actor: Actor,
  recorder: Recorder,
  operation: Operation | Advance,
): Promise<Answer> {
  if (isAdvance(operation)) {
    const tell = recorder.begin("clock", `${operation.seconds} s pass`);
    await stage.database.advance(operation.seconds);
    tell("");
    return { kind: "rows", rows: [] };
  }
  return actor.asks(trial.query(stage.binding, operation));
}

export function isAdvance(operation: { readonly kind: string }): operation is Advance {
  return operation.kind === "advance";
}
