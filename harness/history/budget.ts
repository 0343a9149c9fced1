/** How much a check may cost; when it ends, the answer is that nobody knows. */
export interface Budget {
  /** Calls of the model's `step`. */
  readonly steps: number;
  /** States remembered at once, which is what memory goes to: some hundred bytes each beside the model's own. */
  readonly entries: number;
  readonly time?: { readonly ms: number; readonly now: () => number };
}

export interface Spent {
  readonly steps: number;
  /** The most that were remembered at once. */
  readonly entries: number;
}

export type BudgetPart = "steps" | "entries" | "time";

/** Counts what a search spends of its budget. */
export interface Meter {
  readonly spent: Spent;
  countStep(): void;
  countEntry(): void;
  /** What has run out, if anything has. It stays so. */
  ended(): BudgetPart | undefined;
}

/** Fails if a limit is not a number above zero: a search without limits might never end. */
export function demandBudget({ steps, entries, time }: Budget): void {
  for (const limit of [steps, entries, time?.ms ?? 1]) {
    if (limit > 0) continue;
    throw new RangeError(`A budget of ${limit} is none: every limit has to be above zero.`);
  }
}

/** A budget that searches share one after the other. */
export interface Purse {
  /** For one of so many searches that are still to come: an even share of what is left, so that all get something. */
  meter(searches: number): Meter;
  /** By all of them so far. */
  spent(): Spent;
}

export function createPurse({ steps, entries, time }: Budget): Purse {
  const end = time === undefined ? Infinity : time.now() + time.ms;
  const meters: Meter[] = [];
  const spentSteps = (): number => meters.reduce((sum, { spent }) => sum + spent.steps, 0);
  return {
    meter(searches) {
      const meter = createMeter({
        steps: (steps - spentSteps()) / searches,
        entries,
        ...(time === undefined ? {} : { time: { ...time, ms: (end - time.now()) / searches } }),
      });
      meters.push(meter);
      return meter;
    },
    spent: () => ({
      steps: spentSteps(),
      entries: Math.max(0, ...meters.map(({ spent }) => spent.entries)),
    }),
  };
}

function createMeter({ steps, entries, time }: Budget): Meter {
  const spent = { steps: 0, entries: 0 };
  const end = time === undefined ? Infinity : time.now() + time.ms;
  let over: BudgetPart | undefined;
  let lookedAt = 0;
  return {
    spent,
    countStep: () => void (spent.steps += 1),
    countEntry: () => void (spent.entries += 1),
    ended() {
      if (over !== undefined) return over;
      if (spent.steps >= steps) over = "steps";
      else if (spent.entries >= Math.min(entries, mostEntries)) over = "entries";
      else if (time !== undefined && spent.steps >= lookedAt + stepsBetweenLooks) {
        lookedAt = spent.steps;
        if (time.now() >= end) over = "time";
      }
      return over;
    },
  };
}

/** A map of the engine holds no more. */
const mostEntries = 2 ** 24 - 1;

/** Asking what time it is costs more than many a step. */
const stepsBetweenLooks = 64;
