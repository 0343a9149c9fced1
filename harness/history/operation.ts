/**
 * What one session asked and what became of it, in the terms of a model. Times are of one monotonic clock, in any unit.
 * Whoever asked inside a transaction was answered when the commit was: until then nobody else can see what was done.
 */
export interface Operation<Input, Output> {
  readonly who: string;
  readonly input: Input;
  readonly asked: number;
  readonly outcome: Outcome<Output>;
}

export type Outcome<Output> =
  | { readonly kind: "answered"; readonly output: Output; readonly answered: number }
  /** The connection went before an answer came: it took effect at some time after it was asked, or never. */
  | { readonly kind: "lost" };

/** When it was over at the latest: what is lost may take effect at any later time. */
export function endOf({ outcome }: Operation<unknown, unknown>): number {
  return outcome.kind === "answered" ? outcome.answered : Infinity;
}

/**
 * Fails if a time is no number or an answer came before its question: judged by such times, anything could pass. Equal
 * times count as overlapping.
 */
export function demandTimes(history: readonly Operation<unknown, unknown>[]): void {
  for (const operation of history) {
    const { who, asked, outcome } = operation;
    const end = outcome.kind === "answered" ? outcome.answered : asked;
    if (Number.isFinite(asked) && Number.isFinite(end) && asked <= end) continue;
    throw new RangeError(
      `${who} cannot have asked at ${asked} and been answered at ${end}: the history is not judged.`,
    );
  }
}
