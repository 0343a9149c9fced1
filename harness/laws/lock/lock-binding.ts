import type { Query } from "../../postgres/query.ts";

/** One lease as the table holds it, live or expired. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** When it ends, in microseconds since 1970 by the server's clock. */
  readonly expiresMicros: number;
  /** From the server's clock at the reading to the end; negative once expired. */
  readonly secondsLeft: number;
  /** The whole row as text: a change of anything in it shows. */
  readonly row: string;
}

/** The number that a lease is fenced with: greater for every new lease of a name. */
export interface Token {
  readonly name: string;
  readonly token: number;
}

/** Which SQL plays a lock with leases. Arguments may be null so that bad input can be tried. */
export interface LockBinding {
  /** Takes the name for so long if it is free or expired; answers whether the caller holds it now. */
  acquire(call: LeaseCall): Query<{ answer: boolean }>;
  release(call: Omit<LeaseCall, "ttlSeconds">): Query<{ answer: boolean }>;
  extend(call: LeaseCall): Query<{ answer: boolean }>;
  /** Removes expired leases and answers how many. */
  cleanup(): Query<{ answer: number }>;
  /** Every lease there is, in the order of names. */
  leases(): Query<Lease>;
  /** The tokens of the same leases. Apart, since laws that do not judge by tokens do not need them. */
  tokens(): Query<Token>;
  /** What the SQL calls its arguments: an error about one must name it. */
  readonly argumentNames?: Readonly<Partial<Record<keyof LeaseCall, string>>>;
  /** What of the counters moves with an answer; left out if the subject keeps no such counters. Asked as the deployer. */
  counters?(): Query<{ name: string; value: number }>;
  /** The table of leases as SQL writes it: a session that holds all of it must not stop callers either. */
  readonly table: string;
  /** A refused or waiting acquire is answered within this time of waiting for others, milliseconds. */
  readonly waitBudgetMs: number;
}

export interface LeaseCall {
  readonly name: string | null;
  readonly holder: string | null;
  readonly ttlSeconds: number | null;
}
