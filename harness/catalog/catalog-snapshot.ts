import type { AttributeValue } from "./attribute.ts";

/** Everything a migration may leave behind in a database, by name. Plain data in a fixed order. */
export interface CatalogSnapshot {
  /** The major of the server it was read from. */
  readonly major: number;
  /** Cluster and database, so that oids are compared only where they mean the same. */
  readonly place: string;
  readonly objects: readonly CatalogObject[];
}

export interface CatalogObject {
  /** As in {@link Kind.kind}: `table`, `column`, `function`, `privilege`, … */
  readonly kind: string;
  /** Readable and unique in its database, such as `column m10_recovery.outbox.payload`. */
  readonly name: string;
  /** The name of the object that it belongs to and goes with. */
  readonly of: string | null;
  /** The schema that it lies in, quoted as SQL would; null for what lies in none. */
  readonly schema: string | null;
  /** The oid; another one under the same name is a drop-and-recreate. Null for what has none of its own. */
  readonly identity: number | null;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}
