import type { Trial } from "../explore/trial.ts";

/** A claim that must hold, and how it is tried. Free of any one migration's names: it takes a binding. */
export interface Law<Part> {
  /** Stable, such as `lock.exclusive`: reports, specs and twins refer to it. */
  readonly id: string;
  readonly claim: string;
  /** Servers that the trial needs beside PostgreSQL. */
  readonly needs?: readonly "redis"[];
  /** What a trial must meet for its silence to mean anything; one not met makes the verdict `unknown`. */
  readonly situations: readonly string[];
  /** Whether the binding says enough for this law; it is left out otherwise. Every binding does unless told here. */
  readonly isBound?: (part: Part) => boolean;
  readonly trial: Trial<Part>;
}
