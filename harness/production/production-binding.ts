import type { Query } from "../postgres/query.ts";
import type { WatchedMetric } from "../report/watched-metric.ts";

/**
 * What production commands must know of a revision beyond its SQL: the `production` export of a bindings file. Queries
 * name real tables; those that only look are run in a read-only transaction.
 */
export interface ProductionBinding {
  /** What the binding's roles are called in production where nobody says otherwise, by label. */
  readonly roleNames: Readonly<Record<string, string>>;
  /**
   * Calls every bound function once, as the application does, in a transaction that is rolled back. What it calls must
   * be harmless beside live traffic and not wait for long.
   */
  readonly probe?: (call: Probe) => Promise<void>;
  /** What down would destroy, in numbers. */
  readonly losses: readonly Loss[];
  /** By which down is told to destroy it all the same. */
  readonly allowDataLoss?: { readonly setting: string; readonly value: string };
  readonly metrics: readonly Metric[];
  /** What people look at when something is wrong, in their order. */
  readonly views: readonly View[];
  /** What a lease looks like and how it is taken from its holder. */
  readonly leases?: LeaseControl;
  /** Streams in Redis beside the database. */
  readonly streams: readonly StreamLimit[];
}

/** Calls one function of the binding and demands what it answers. */
export type Probe = <Row>(call: {
  /** As the binding's `functions` has it. */
  readonly function: string;
  readonly query: Query<Row>;
  /** What is right, for a person, such as `t`. */
  readonly expected: string;
  readonly isRight: (rows: readonly Row[]) => boolean;
}) => Promise<readonly Row[]>;

export interface Loss {
  /** In the plural, such as `open outbox events`. */
  readonly name: string;
  readonly count: Query<{ readonly count: number }>;
}

/** Something to be watched, and how it is read. */
export interface Metric extends WatchedMetric {
  readonly value: Query<{ readonly value: number }>;
}

export interface View {
  readonly title: string;
  /** Rows are shown as they come; none is the good case where `isTrouble` is set. */
  readonly rows: Query<ViewRow>;
  /** Whether every row is something that somebody must look at. */
  readonly isTrouble?: boolean;
}

/** Cells by the title of their column, in their order. */
export type ViewRow = Readonly<Record<string, string | number | boolean | null>>;

export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Greater for each new lease of the name. */
  readonly token: number;
  readonly acquiredAt: string;
  /** Until it ends by itself; not above zero once it has. */
  readonly secondsLeft: number;
}

export interface LeaseControl {
  /** The lease of a name, expired or not; no row if there is none. */
  readonly find: (name: string) => Query<Lease>;
  /** Takes exactly this lease away, and answers its row; nothing if it is another one by now. */
  readonly release: (lease: Lease) => Query<{ readonly name: string }>;
}

export interface StreamLimit {
  readonly key: string;
  readonly title: string;
  /** Entries above which it is no go. */
  readonly most: number;
}
