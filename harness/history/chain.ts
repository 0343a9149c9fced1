/**
 * Numbers in a fixed order, out of which some are taken and put back. Who puts back does so in the reverse order of
 * taking; each costs the same however long the chain is.
 */
export interface Chain {
  /** `atEnd` if nothing is left. */
  first(): number;
  /** The one that comes after a member; `atEnd` after the last. */
  after(member: number): number;
  take(member: number): void;
  putBack(member: number): void;
}

export const atEnd = -1;

/** The members are whole numbers from 0 up to, not including, `bound`, each once. */
export function createChain(members: readonly number[], bound: number): Chain {
  // The place at `bound` is before the first and after the last.
  const next = new Int32Array(bound + 1).fill(bound);
  const former = new Int32Array(bound + 1).fill(bound);
  let last = bound;
  for (const member of members) {
    next[last] = member;
    former[member] = last;
    last = member;
  }
  former[bound] = last;
  const after = (member: number): number => {
    const found = next[member] ?? bound;
    return found === bound ? atEnd : found;
  };
  const link = (one: number, other: number): void => {
    next[one] = other;
    former[other] = one;
  };
  return {
    first: () => after(bound),
    after,
    take: (member) => link(former[member] ?? bound, next[member] ?? bound),
    putBack(member) {
      next[former[member] ?? bound] = member;
      former[next[member] ?? bound] = member;
    },
  };
}
