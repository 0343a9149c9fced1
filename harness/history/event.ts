/** What one session asked in a race and was answered, and when. Times are milliseconds of one monotonic clock. */
export interface Event {
  readonly who: string;
  readonly operation: string;
  /** What the operation was about, in the trial's own terms. */
  readonly input: unknown;
  /** The statement as a person would type it. */
  readonly text: string;
  readonly asked: number;
  readonly answered: number;
  /** The rows, if rows came back. */
  readonly answer: unknown;
  /** The answer in one short text. */
  readonly outcome: string;
  readonly sqlstate?: string;
  /** Of a call inside a transaction that went on: what became of that, and when it was over. */
  readonly transaction?: Transaction;
}

export interface Transaction {
  /** Lost if the connection went while it was being committed. */
  readonly end: "committed" | "rolled back" | "lost";
  readonly over: number;
}
