import { RehearsalError } from "../verdict/rehearsal-error.ts";

/**
 * The sound SQL with one place broken, which a law must catch. The file that holds one reads like a conflict:
 *
 * ```sql
 * -- twin of lock.exclusive: check-then-insert, so two callers both see the name free
 * -- also breaks: lock.live, lock.fenced
 * -- found by: programs
 * -- in: 022_m10_production_hardening.up.sql
 * -- take out:
 * <whole lines that stand in that file exactly once>
 * -- put in:
 * <the lines instead; none to take them out only>
 * ```
 *
 * What is wrong may run over several comment lines. `also breaks` is left out where no other law breaks with it, and
 * `found by` where it is not asked that the law's programs find it without the rest of its trial.
 * Indentation does not count, see `patchSource`.
 */
export interface Twin {
  /** The id of the law that must notice, such as `lock.exclusive`. */
  readonly law: string;
  readonly what: string;
  /** Ids or globs of further laws that cannot be expected to hold on it. */
  readonly alsoBreaks: readonly string[];
  /** Whether the law's programs alone must find it, under some schedule. */
  readonly byPrograms: boolean;
  /** The name, without folder, of the migration file that is broken. */
  readonly file: string;
  readonly takeOut: string;
  readonly putIn: string;
}

/** Reads a twin. `path` names it in the `TWIN_UNREADABLE` that says which part is missing. */
export function parseTwin(text: string, path = "twin"): Twin {
  const parts = layout.exec(text.replaceAll("\r\n", "\n"))?.groups;
  if (parts === undefined) {
    const missing =
      markers.find(({ pattern }) => !pattern.test(text))?.line ?? "the order of its parts";
    throw new RehearsalError(
      "TWIN_UNREADABLE",
      `${path} is not a twin: it wants ${markers.map(({ line }) => `"${line}"`).join(", ")}, in this order; look at ${missing}.`,
    );
  }
  const {
    law = "",
    what = "",
    alsoBreaks = "",
    foundBy,
    file = "",
    takeOut = "",
    putIn = "",
  } = parts;
  if (takeOut.trim() === "")
    throw new RehearsalError("TWIN_UNREADABLE", `${path} takes out no line, so it breaks nothing.`);
  return {
    law,
    what: what.replaceAll(/\s*\n--\s*/g, " ").trim(),
    alsoBreaks: alsoBreaks.split(/[,\s]+/).filter((pattern) => pattern !== ""),
    byPrograms: foundBy !== undefined,
    file,
    takeOut,
    putIn,
  };
}

const layout = new RegExp(
  [
    /^\s*-- twin of (?<law>[\w.-]+): (?<what>[^\n]+(?:\n--[^\n]*)*?)\n/,
    /(?:-- also breaks:(?<alsoBreaks>[^\n]*)\n)?/,
    /(?:-- found by: (?<foundBy>programs)[ \t]*\n)?/,
    /-- in: (?<file>\S+)[ \t]*\n/,
    /-- take out:[ \t]*\n(?<takeOut>[^]*?)/,
    /^-- put in:[ \t]*(?:\n(?<putIn>[^]*))?$/,
  ]
    .map((part) => part.source)
    .join(""),
  "m",
);

const markers = [
  { line: "-- twin of <law>: <what is wrong>", pattern: /^-- twin of [\w.-]+: \S/m },
  { line: "-- in: <file>", pattern: /^-- in: \S+/m },
  { line: "-- take out:", pattern: /^-- take out:[ \t]*$/m },
  { line: "-- put in:", pattern: /^-- put in:[ \t]*$/m },
] as const;
