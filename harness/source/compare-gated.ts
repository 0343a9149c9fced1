import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { parsePlpgsql } from "./parse-plpgsql.ts";

/**
 * What is wrong with a definition that was given gates; undefined if it parses to what `original` does, line by line,
 * with an IF for each of the gate calls and nothing else besides.
 */
export function compareGated(
  original: string,
  gated: string,
  gateCalls: readonly string[],
): string | undefined {
  const before = parsePlpgsql(original);
  if (before.kind === "refused") return `cannot be parsed: ${before.message}`;
  const after = parsePlpgsql(gated);
  if (after.kind === "refused") return `cannot be parsed with gates: ${after.message}`;

  const met: string[] = [];
  const stripped = withoutGates(after.tree, new Set(gateCalls), met);
  if (!isDeepStrictEqual(met.toSorted(), gateCalls.toSorted()))
    return "its gates would not stand as statements of their own";
  return isDeepStrictEqual(stripped, withoutGates(before.tree, new Set(), []))
    ? undefined
    : "with gates it would be another function";
}

/** A tree without the gates; lists without members are left out, as the parser does. Notes the calls that it met. */
function withoutGates(tree: unknown, calls: ReadonlySet<string>, met: string[]): unknown {
  if (Array.isArray(tree)) {
    const kept = tree.filter((each) => {
      const call = conditionAlone(each);
      if (call === undefined || !calls.has(call)) return true;
      met.push(call);
      return false;
    });
    return kept.map((each) => withoutGates(each, calls, met));
  }
  if (typeof tree !== "object" || tree === null) return tree;
  const entries = Object.entries(tree)
    .map(([key, value]) => [key, withoutGates(value, calls, met)] as const)
    .filter(([, value]) => !(Array.isArray(value) && value.length === 0));
  return Object.fromEntries(entries);
}

/** The condition of an IF that has no statement in it. */
function conditionAlone(statement: unknown): string | undefined {
  const parsed = emptyIf.safeParse(statement);
  return parsed.success ? parsed.data.PLpgSQL_stmt_if.cond.PLpgSQL_expr.query : undefined;
}

const emptyIf = z.strictObject({
  PLpgSQL_stmt_if: z.strictObject({
    lineno: z.number(),
    cond: z.object({ PLpgSQL_expr: z.object({ query: z.string() }) }),
  }),
});
