import type { Witness } from "../verdict/verdict.ts";

/**
 * How a trial leaves its steps when it has seen a law broken. It never leaves the trial's law: `tryLaw` turns it into
 * the verdict `broken` with this witness.
 */
export class Discrepancy extends Error {
  override readonly name = "Discrepancy";
  readonly witness: Witness;

  constructor(witness: Witness) {
    super(`${witness.trial}: expected ${witness.expected}; ${witness.happened}`);
    this.witness = witness;
  }
}
