import type { Binding } from "./binding.ts";
import type { Law } from "./law.ts";

/** A family of laws and the part of a binding that they are about. */
export interface Subject<Part> {
  readonly name: string;
  readonly laws: readonly Law<Part>[];
  /** The binding's part for this subject; nothing if it binds no such functions, and then its laws are left out. */
  readonly part: (binding: Binding) => Part | undefined;
}
