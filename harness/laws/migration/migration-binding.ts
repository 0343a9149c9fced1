import type { Query } from "../../postgres/query.ts";

/** What a revision is meant to do, for the laws that cannot tell it from the SQL. */
export interface MigrationBinding {
  /** Objects that the revision adds, by the catalog's names, such as `table m10_recovery.outbox`; nothing else may come. */
  readonly adds: readonly string[];
  /** Rows that stand before the revision arrives, and must survive it: statements run as the deployer. */
  readonly startingRows: readonly string[];
  /** One harmless call by which each role shows that it can do what it needs. */
  readonly mustWork: readonly { readonly role: string; readonly query: Query }[];
  /** Statements that a role must be refused. */
  readonly mustFail: readonly { readonly role: string; readonly query: Query }[];
  /** Rows that down must refuse to destroy: each a name and the statement that makes one, as the deployer. */
  readonly precious: readonly { readonly name: string; readonly make: Query }[];
  /** The setting and value by which down is told to go on. */
  readonly allowDataLoss?: { readonly setting: string; readonly value: string };
}
