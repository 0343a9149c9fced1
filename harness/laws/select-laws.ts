import { matchesGlob } from "node:path";

/** Whether a law is asked for: by its id, or by a glob such as `lock.*`. No patterns ask for every law. */
export function isSelected(lawId: string, patterns: readonly string[]): boolean {
  return (
    patterns.length === 0 ||
    patterns.some((pattern) => pattern === lawId || matchesGlob(lawId, pattern))
  );
}
