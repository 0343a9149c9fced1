import { createRandom, type Random } from "../explore/random.ts";
import { linearize } from "../history/linearize.ts";
import type { Model } from "../history/model.ts";
import type { Operation } from "../history/operation.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { repeat } from "./repeat.ts";
import type { Take } from "./workbench.ts";

export const takeLinearize: Take = async (runs) => {
  const histories = makeLockHistories(50);
  // The first one is compiled on the way.
  timeLinearize(histories);
  return { values: await repeat(runs, () => Promise.resolve(timeLinearize(histories))) };
};

type LockHistory = readonly Operation<LockCall, boolean>[];

interface LockCall {
  readonly kind: "acquire" | "release";
  readonly holder: string;
}

/**
 * Histories of one lock as a race of eight sessions at default effort leaves them. Every second one has one answer that
 * was turned into its opposite, so that most of these have no order.
 */
function makeLockHistories(count: number): readonly LockHistory[] {
  return Array.from({ length: count }, (_, seed) => {
    const random = createRandom(seed);
    const sound = makeSound(random);
    return seed % 2 === 0 ? sound : turnOneAnswer(sound, random.below(sound.length));
  });
}

/** How many of the histories are decided in a second. Fails with `CHECK_WRONG` if a sound one is not found to be so. */
function timeLinearize(histories: readonly LockHistory[]): number {
  const since = performance.now();
  const kinds = histories.map((history) => linearize(lock, history).kind);
  const seconds = (performance.now() - since) / 1000;
  const isRight = kinds.every((kind, index) => index % 2 !== 0 || kind === "linearizable");
  if (isRight && !kinds.includes("unknown")) return histories.length / seconds;
  throw new RehearsalError(
    "CHECK_WRONG",
    "A sound history was not found to be linearizable, or one was not decided: how long it took says nothing.",
    { exitCode: 3 },
  );
}

/** The state is who holds the lock; nobody if empty. */
const lock: Model<string, LockCall, boolean> = {
  initial: "",
  step(state, { kind, holder }, outcome) {
    const isDone = kind === "acquire" ? state === "" : state === holder;
    if (outcome.kind === "answered" && outcome.output !== isDone) return [];
    if (!isDone) return [state];
    return [kind === "acquire" ? holder : ""];
  },
  key: (state) => state,
  isRead: (_, output) => !output,
};

const holders = ["a", "b", "c", "d", "e", "f", "g", "h"] as const;
const callsPerRace = 160;
const millisecondsBetween = 10;
const mostBeforeOrAfter = 40;

/** Made by taking one call after the other at an instant between its question and its answer. */
function makeSound(random: Random): LockHistory {
  const history: Operation<LockCall, boolean>[] = [];
  const answeredAt = new Map<string, number>();
  let state = "";
  for (let instant = 0; history.length < callsPerRace; instant += millisecondsBetween) {
    const who = random.pick(holders);
    const before = answeredAt.get(who) ?? -Infinity;
    if (before >= instant) continue;
    const input = { kind: state === who ? "release" : "acquire", holder: who } as const;
    const output = input.kind === "release" || state === "";
    if (output) state = input.kind === "release" ? "" : who;
    const asked = Math.max(before + 1, instant - random.below(mostBeforeOrAfter));
    const answered = instant + random.below(mostBeforeOrAfter);
    answeredAt.set(who, answered);
    history.push({ who, input, asked, outcome: { kind: "answered", output, answered } });
  }
  return history;
}

function turnOneAnswer(history: LockHistory, place: number): LockHistory {
  return history.map((operation, index) => {
    const { outcome } = operation;
    if (index !== place || outcome.kind === "lost") return operation;
    return Object.assign({}, operation, { outcome: { ...outcome, output: !outcome.output } });
  });
}
