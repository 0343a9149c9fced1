import type { Selection } from "../../migrations/revision.ts";
import type { Finding } from "../finding.ts";
import type { Looker } from "../look.ts";
import type { Rehearsed } from "../rehearse.ts";

/** What the checks before a run know. */
export interface PreflightContext {
  readonly selection: Selection;
  readonly rehearsed: Rehearsed;
  /** The role that is to own what the revision makes, and the binding's roles, by label. */
  readonly owner: string;
  readonly roles: Readonly<Record<string, string>>;
  readonly limits: Limits;
}

/** What is too old, too far behind or too much. */
export interface Limits {
  /** Seconds that a transaction may have been open. */
  readonly transactionSeconds: number;
  /** Seconds that a transaction may hold a lock that the revision must wait for. */
  readonly lockSeconds: number;
  /** Bytes that a replica may be behind. */
  readonly lagBytes: number;
  /** Bytes of log that a replication slot may keep. */
  readonly slotBytes: number;
}

export const usualLimits: Limits = {
  transactionSeconds: 60,
  lockSeconds: 1,
  lagBytes: 16 * 1024 * 1024,
  slotBytes: 1024 * 1024 * 1024,
};

/** One look at the database, in a read-only transaction of its own. */
export interface PreflightCheck {
  readonly name: string;
  readonly look: (looker: Looker, context: PreflightContext) => Promise<Finding>;
}
