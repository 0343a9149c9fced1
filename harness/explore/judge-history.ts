import type { Budget } from "../history/budget.ts";
import { checkOrder, type OrderFault } from "../history/check-order.ts";
import { linearize } from "../history/linearize.ts";
import type { Model } from "../history/model.ts";
import type { Operation } from "../history/operation.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Recorder } from "./recorder.ts";
import { shortenHistory } from "./shorten-history.ts";
import type { Tally } from "./stage.ts";
import type { ToldOperation } from "./told-operation.ts";

/** The situation that a law with a race names, so that it cannot hold without its history having been judged. */
export const historyJudged = "a race's history judged";

/** Where what was judged, and what was found, is written down. */
interface Findings {
  readonly recorder: Recorder;
  readonly tally: Tally;
}

/**
 * Demands that the model allows some order of the operations, each done at an instant between question and answer. Leaves
 * a RehearsalError, and so no pass, where the budget ends before that is known.
 */
export function demandSomeOrder<State, Input, Output>(
  { recorder, tally }: Findings,
  model: Model<State, Input, Output>,
  history: readonly ToldOperation<Input, Output>[],
  budget: Budget = usualBudget(),
): void {
  const check = linearize(model, history, budget);
  if (check.kind === "unknown") {
    const partitions = `${check.undecided.length} of its ${check.partitions} partitions`;
    throw undecided(
      recorder,
      `no order was found for ${partitions} before the ${check.ended} ended`,
    );
  }
  if (check.kind === "linearizable") return countJudged(tally, history);
  const part = history.filter((each) => (model.partition?.(each) ?? "") === check.partition);
  const { shortest, next } = shortenHistory(model, part, budget);
  writeSteps(recorder, shortest);
  recorder.demand(false, {
    expected: `some order of the calls${about(check.partition)} explains every answer`,
    happened: `whatever came before, this cannot come next: ${next.map(tell).join(", nor ")}`,
  });
}

/**
 * Demands that the numbers which operations were answered rise in the order of time, each only once, and for each name
 * apart. The input of an operation is the name, its output the number.
 */
export function demandRising(
  { recorder, tally }: Findings,
  history: readonly ToldOperation<string, number>[],
  what: string,
): void {
  const check = checkOrder(rising, history, ({ outcome }) =>
    outcome.kind === "answered" ? outcome.output : undefined,
  );
  if (check.kind === "kept") return countJudged(tally, history);
  if (check.kind === "unknown")
    throw undecided(recorder, "a call without an answer may explain it");
  const toldOf = new Map<Operation<string, number>, ToldOperation<string, number>>(
    history.map((each) => [each, each]),
  );
  const involved = operationsOf(check.fault).flatMap((each) => toldOf.get(each) ?? []);
  writeSteps(recorder, involved);
  recorder.demand(false, {
    expected: `${what}${about(check.partition)} rise in the order of time`,
    happened: `${faults[check.fault.kind]}: ${involved.map(tell).join(", then ")}`,
  });
}

const rising: Model<number, string, number> = {
  initial: -Infinity,
  step: (former, _, outcome) =>
    outcome.kind === "answered" && outcome.output > former ? [outcome.output] : [],
  key: String,
  partition: ({ input }) => input,
};

const faults = {
  "same place": "two have the same",
  "against time": "the first was over before the second began, and has the greater one",
  impossible: "it is no number that can follow",
} as const satisfies Record<OrderFault<string, number>["kind"], string>;

function operationsOf(fault: OrderFault<string, number>): readonly Operation<string, number>[] {
  return fault.kind === "impossible" ? [fault.next] : fault.operations;
}

function countJudged(tally: Tally, history: readonly Operation<unknown, unknown>[]): void {
  if (history.length === 0) return;
  tally.count("comparisons", history.length);
  tally.meet(historyJudged);
}

/** Some seconds, and some hundred megabytes, so that one race does not keep all the laws waiting. */
function usualBudget(): Budget {
  const time = { ms: 10_000, now: () => performance.now() };
  return { steps: 5_000_000, entries: 500_000, time };
}

function undecided({ trial }: Recorder, why: string): RehearsalError {
  return new RehearsalError(
    "history-undecided",
    `Whether the history of "${trial}" can be explained is not known: ${why}. Try again with less effort or another seed.`,
  );
}

/** Of a long history the end: what came before is what the model has made a state of. */
function writeSteps(
  recorder: Recorder,
  operations: readonly ToldOperation<unknown, unknown>[],
): void {
  const shown = operations.toSorted((one, other) => one.asked - other.asked).slice(-mostSteps);
  const before = operations.length - shown.length;
  if (before > 0) recorder.begin("all", `${before} calls before`)("left out here");
  for (const { who, does, told } of shown) recorder.begin(who, does)(told);
}

const mostSteps = 24;

function tell({ who, does, told }: ToldOperation<unknown, unknown>): string {
  return `${who}: ${does} → ${told}`;
}

function about(partition: string): string {
  return partition === "" ? "" : ` about ${partition}`;
}
