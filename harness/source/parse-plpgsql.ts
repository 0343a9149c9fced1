import { loadModule, parsePlPgSQLSync } from "libpg-query";

await loadModule();

/** The statements of a PL/pgSQL function as the parser of PostgreSQL 18 sees them, expressions as text. */
export type ParsedPlpgsql =
  | { readonly kind: "parsed"; readonly tree: unknown }
  | { readonly kind: "refused"; readonly message: string };

/**
 * Parses `create function … language plpgsql`. Never give it a body that is not PL/pgSQL: one that begins `atomic` ends
 * the process.
 */
export function parsePlpgsql(definition: string): ParsedPlpgsql {
  const parsed = parse(definition);
  if (parsed.kind === "parsed") return parsed;
  // Knowing no catalog, the parser takes a table's row type for a scalar and refuses its fields.
  return parse(definition.replaceAll(/%\s*rowtype\b/gi, blanked));
}

function parse(definition: string): ParsedPlpgsql {
  try {
    return { kind: "parsed", tree: parsePlPgSQLSync(definition) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { kind: "refused", message: error.message };
  }
}

/** Every character after it stays where it is. */
function blanked(words: string): string {
  return words.replaceAll(/\S/g, " ");
}
