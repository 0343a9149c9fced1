import type { Query } from "../../postgres/query.ts";

/** What a revision is meant to do, for the laws that cannot tell it from the SQL. */
export interface MigrationBinding {
  /** Tables, functions and other objects of their own that the revision adds, by the catalog's names, such as `table m10_recovery.outbox`. */
  readonly adds: readonly string[];
  /** Arguments and result of the functions among them, such as `(p_name text, p_seconds integer DEFAULT 600) returns boolean`. */
  readonly signatures?: Readonly<Record<string, string>>;
  /** Statements, run as the deployer, that make the rows that stand before the revision arrives and must survive it. */
  readonly startingRows: readonly string[];
  /** Tables, as `schema.table`, whose rows the revision is meant to lose. */
  readonly losesRowsOf?: readonly string[];
  /** One harmless call by which each role shows that it can do what it needs. */
  readonly mustWork: readonly RoleStatement[];
  /** Statements that a role must be refused for want of a privilege. */
  readonly mustFail: readonly RoleStatement[];
  /** What down must refuse to destroy: the statement that makes one such row, as the deployer. */
  readonly precious: readonly { readonly name: string; readonly make: Query }[];
  /** The setting and the only value by which down is told to go on. */
  readonly allowDataLoss?: {
    readonly setting: string;
    readonly value: string;
    /** Values that look like consent and are none. */
    readonly notEnough: readonly string[];
  };
}

export interface RoleStatement {
  readonly role: string;
  readonly query: Query;
}
