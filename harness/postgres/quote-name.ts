import { escapeIdentifier } from "pg";

/** A name as SQL text holds it, quoted whatever is in it; several words are joined by dots, as in `schema.table`. */
export function quoteName(...words: readonly string[]): string {
  return words.map(escapeIdentifier).join(".");
}
