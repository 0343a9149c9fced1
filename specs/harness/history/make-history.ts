import type { Random } from "../../../harness/explore/random.ts";
import type { Operation } from "../../../harness/history/operation.ts";
import type { Sample } from "./sample.ts";

/**
 * A history that is linearizable, since it is made by doing one operation after the other, each at an instant within
 * its time; some answers are lost. Times are small whole numbers, so that many are equal.
 */
export function makeSound<State, Input, Output>(
  { model, inputs, outputs }: Sample<State, Input, Output>,
  random: Random,
  length: number,
): readonly Operation<Input, Output>[] {
  const history: Operation<Input, Output>[] = [];
  let state = model.initial;
  for (let instant = 2; history.length < length; instant += random.below(3)) {
    const input = random.pick(inputs);
    const asked = instant - random.below(4);
    const who = `s${history.length}`;
    if (random.below(7) === 0) {
      history.push({ who, input, asked, outcome: { kind: "lost" } });
      if (random.below(2) === 0) state = pickAny(random, model.step(state, input, lost)) ?? state;
      continue;
    }
    const answers = outputs.flatMap((output) => {
      const outcome = { kind: "answered", output, answered: instant + random.below(4) } as const;
      return model.step(state, input, outcome).map((next) => ({ outcome, next }));
    });
    const answer = pickAny(random, answers);
    // Not every input can be answered with one of the outputs in every state.
    if (answer === undefined) continue;
    history.push({ who, input, asked, outcome: answer.outcome });
    state = answer.next;
  }
  return shuffled(history, random);
}

/** A history with one or two places changed: another answer, another time, or a lost answer that is heard after all. */
export function mutate<State, Input, Output>(
  { outputs }: Sample<State, Input, Output>,
  random: Random,
  history: readonly Operation<Input, Output>[],
): readonly Operation<Input, Output>[] {
  const mutated = [...history];
  for (let times = 1 + random.below(2); times > 0; times -= 1) {
    const index = random.below(mutated.length);
    const former = mutated[index];
    if (former === undefined) throw new RangeError("There is nothing to mutate.");
    const { who, input, asked, outcome } = former;
    const answered = outcome.kind === "answered" ? outcome.answered : asked + random.below(4);
    const output =
      outcome.kind === "answered" && random.below(3) === 0 ? outcome.output : random.pick(outputs);
    const until = random.below(2) === 0 ? asked : answered;
    mutated[index] = { who, input, asked, outcome: { kind: "answered", output, answered: until } };
  }
  return mutated;
}

const lost = { kind: "lost" } as const;

function pickAny<Value>(random: Random, from: readonly Value[]): Value | undefined {
  return from.length === 0 ? undefined : from[random.below(from.length)];
}

/** The order in which a history is written down says nothing. */
function shuffled<Value>(values: readonly Value[], random: Random): readonly Value[] {
  return values
    .map((value) => ({ value, place: random.below(1000) }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ value }) => value);
}
