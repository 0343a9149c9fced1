import { pathToFileURL } from "node:url";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Binding } from "./binding.ts";

/** The default export of a bindings file. Fails if the file cannot be loaded or exports no binding. */
export async function loadBinding(file: string): Promise<Binding> {
  let loaded: { readonly default?: unknown };
  try {
    loaded = await import(pathToFileURL(file).href);
  } catch (cause) {
    throw new RehearsalError(
      "BINDINGS_NOT_LOADED",
      `The bindings in ${file} could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        "Nothing was run. See the README on how to bind your own functions.",
      { cause },
    );
  }
  const binding = loaded.default;
  if (!isBinding(binding))
    throw new RehearsalError(
      "NO_BINDING",
      `${file} exports no binding by default (an object with name, roles and functions). Nothing was run. ` +
        "See the README on how to bind your own functions.",
    );
  return binding;
}

function isBinding(value: unknown): value is Binding {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    "roles" in value &&
    "functions" in value &&
    Array.isArray(value.functions)
  );
}
