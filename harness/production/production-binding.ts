import type { Query } from "../postgres/query.ts";

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

/** Something to be watched, under the name it is scraped by. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  /** A counter only grows, but for a restart of the server. */
  readonly kind: "counter" | "gauge";
  readonly value: Query<{ readonly value: number }>;
  /** When somebody must look: a counter that grows by more in a minute, a gauge that is greater. */
  readonly alert?: { readonly above: number; readonly summary: string };
  /** The panel of the dashboard that it stands in. */
  readonly panel: string;
}

export interface View {
  readonly title: string;
  /** Rows are shown as they come; none is the good case where `isTrouble` is set. */
  readonly rows: Query<Readonly<Record<string, unknown>>>;
  /** Whether every row is something that somebody must look at. */
  readonly isTrouble?: boolean;
}

export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly token: number;
  readonly acquiredAt: string;
  readonly secondsLeft: number;
}

export interface LeaseControl {
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
