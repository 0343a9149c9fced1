/** One thing that a session is asked to do on the way from one revision to the next. */
export interface Step {
  readonly kind: "statement" | "ledger" | "commit";
  /** From 0, of `count`. */
  readonly index: number;
  readonly count: number;
  /** The statement; for the ledger and the commit what they are called. */
  readonly text: string;
  /** In the migration's file, from 1; 0 for what stands in none. */
  readonly line: number;
}

/**
 * Stands round every step, so that whoever rehearses can look before and after, or break it. Calls `send` once, which
 * throws {@link SqlFailure} when the server refuses; what this throws ends the move.
 */
export type AroundStep = (step: Step, send: () => Promise<void>) => Promise<void>;
