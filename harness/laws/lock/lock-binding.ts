import type { Query } from "../../postgres/query.ts";

/** One lease as the table holds it, live or expired. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Greater for every new lease of a name. */
  readonly token: number;
  /** When it ends, as the server writes it. */
  readonly expires: string;
  /** From the server's clock now to the end; negative once expired. */
  readonly secondsLeft: number;
}

/** Which SQL plays a lock with leases. Arguments may be null so that bad input can be tried. */
export interface LockBinding {
  acquire(call: LeaseCall): Query<{ answer: boolean }>;
  release(call: Omit<LeaseCall, "ttlSeconds">): Query<{ answer: boolean }>;
  extend(call: LeaseCall): Query<{ answer: boolean }>;
  /** Removes expired leases and answers how many. */
  cleanup(): Query<{ answer: number }>;
  /** Every lease there is, in the order of names. */
  leases(): Query<Lease>;
  /** What of the counters moves with an answer; none if the subject keeps no such counters. */
  counters?(): Query<{ name: string; value: number }>;
  /** A refused or waiting acquire is answered within this time of waiting for others, milliseconds. */
  readonly waitBudgetMs: number;
}

export interface LeaseCall {
  readonly name: string | null;
  readonly holder: string | null;
  readonly ttlSeconds: number | null;
}
