/**
 * What one step of a session touched, by the names of relations and advisory locks. Within a transaction it adds up
 * from step to step, for it is read from the locks that the session holds; too much is safe, too little is not.
 */
export interface Footprint {
  /** Read without a lock that keeps writers out. */
  readonly reads: ReadonlySet<string>;
  /** Written, or locked against somebody. */
  readonly writes: ReadonlySet<string>;
  /** Written in a transaction that ended with this step: from now on others see it, or can lock it again. */
  readonly ends: ReadonlySet<string>;
  /** Whether the step took a snapshot that a whole transaction keeps: it sees each commit before it, of whatever. */
  readonly keepsSnapshot: boolean;
  /** Whether it may have touched what nobody could read off. */
  readonly isUnknown: boolean;
}

const none: ReadonlySet<string> = new Set<string>();

/** A step that touches nothing. */
export const nothing: Footprint = {
  reads: none,
  writes: none,
  ends: none,
  keepsSnapshot: false,
  isUnknown: false,
};

/** A step of which nothing is known. */
export const anything: Footprint = { ...nothing, isUnknown: true };

/** What two steps touched that were taken as one, such as a commit and what it let another session do. */
export function together(one: Footprint, other: Footprint): Footprint {
  return {
    reads: one.reads.union(other.reads),
    writes: one.writes.union(other.writes),
    ends: one.ends.union(other.ends),
    keepsSnapshot: one.keepsSnapshot || other.keepsSnapshot,
    isUnknown: one.isUnknown || other.isUnknown,
  };
}

/**
 * Whether the order of two steps of different sessions may matter. Two that lock or write the same are dependent; a
 * read and a write that is not committed are not, for the read does not see it; the end of a transaction is dependent
 * on whatever touches what it wrote, and on a snapshot that is kept.
 */
export function isDependent(one: Footprint, other: Footprint): boolean {
  return (
    one.isUnknown ||
    other.isUnknown ||
    meet(one.writes, other.writes) ||
    endMeets(one, other) ||
    endMeets(other, one)
  );
}

function endMeets(ending: Footprint, other: Footprint): boolean {
  if (ending.ends.size === 0) return false;
  return other.keepsSnapshot || meet(ending.ends, other.reads) || meet(ending.ends, other.writes);
}

function meet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return !one.isDisjointFrom(other);
}
