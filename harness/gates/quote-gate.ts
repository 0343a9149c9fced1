import type { GatePlace } from "./install-gates.ts";

/** Where a session is that is held at a gate, to follow the word `before`. */
export function quoteGate(place: GatePlace): string {
  if (place.kind === "trigger")
    return `the ${place.event} on ${place.table} changes rows, its snapshot taken`;
  const name = place.function.slice(0, place.function.indexOf("("));
  return `“${place.text}” (${name}, line ${place.line})`;
}
