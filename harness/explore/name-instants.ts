/**
 * Names for the server's instants in the order in which they are first seen, such as `instant 1`: equal instants have
 * one name, and a witness that tells names reads the same on every run.
 */
export function nameInstants(): (instant: string) => string {
  const names = new Map<string, string>();
  return (instant) => {
    const name = names.get(instant) ?? `instant ${names.size + 1}`;
    names.set(instant, name);
    return name;
  };
}
