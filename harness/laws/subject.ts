import type { Binding } from "./binding.ts";
import type { Law } from "./law.ts";
import type { Rehearsal } from "./rehearsal.ts";

/** A family of laws and what they are about. */
export interface Subject<Part> {
  readonly name: string;
  readonly laws: readonly Law<Part>[];
  /** What the laws are tried on; nothing if the binding has no such part, and then they are left out. */
  readonly part: (binding: Binding | undefined, rehearsal: Rehearsal) => Part | undefined;
}
