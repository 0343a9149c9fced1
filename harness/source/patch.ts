import { RehearsalError } from "../verdict/rehearsal-error.ts";

/** Whole lines that stand in one place of a text, and what shall stand there instead. */
export interface Patch {
  /** One line or more. Indentation, line ends and blank lines around the block do not count. */
  readonly find: string;
  /** No line or more; indented as the place it goes to. */
  readonly replace: string;
}

/**
 * The text with one place changed. Throws `PATCH_DOES_NOT_APPLY`, naming `file` and how often the lines were found,
 * unless they stand there exactly once: a patch that silently applies nowhere, or twice, proves nothing.
 */
export function patchSource(text: string, patch: Patch, file: string): string {
  const lines = text.split("\n");
  const wanted = block(patch.find);
  if (wanted.length === 0)
    throw new RehearsalError("PATCH_DOES_NOT_APPLY", `A patch of ${file} takes out no line.`);

  const places = placesOf(lines, wanted);
  const [place] = places;
  if (place === undefined || places.length > 1)
    throw new RehearsalError("PATCH_DOES_NOT_APPLY", complaint(lines, wanted, places, file));

  const shift = indentation(lines[place]);
  const given = block(patch.replace);
  const base = indentation(wanted[0]);
  const replacement = given.map((line) => reindented(line, base, shift));
  return lines.toSpliced(place, wanted.length, ...replacement).join("\n");
}

/** The lines of a block without the blank ones around it. */
function block(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trimEnd());
  const first = lines.findIndex((line) => line !== "");
  const last = lines.findLastIndex((line) => line !== "");
  return first === -1 ? [] : lines.slice(first, last + 1);
}

function placesOf(lines: readonly string[], wanted: readonly string[]): number[] {
  return [...lines.keys()].filter((at) => agreeing(lines, wanted, at) === wanted.length);
}

/** How many lines of the block agree, from its first on, with those from line `at` on. */
function agreeing(lines: readonly string[], wanted: readonly string[], at: number): number {
  const differing = wanted.findIndex((line, index) => line.trim() !== lines[at + index]?.trim());
  return differing === -1 ? wanted.length : differing;
}

function indentation(line: string | undefined): string {
  return /^[ \t]*/.exec(line ?? "")?.[0] ?? "";
}

function reindented(line: string, base: string, shift: string): string {
  if (line === "") return line;
  return line.startsWith(base) ? shift + line.slice(base.length) : line;
}

function complaint(
  lines: readonly string[],
  wanted: readonly string[],
  places: readonly number[],
  file: string,
): string {
  const what = `the ${wanted.length === 1 ? "line" : `${wanted.length} lines`} from "${wanted[0]?.trim()}" on`;
  if (places.length > 1) {
    const where = places.map((at) => at + 1).join(", ");
    return `${file}: ${what} stand there ${places.length} times (lines ${where}), not once. Take out more lines.`;
  }
  const nearest = [...lines.keys()]
    .map((at) => ({ at, count: agreeing(lines, wanted, at) }))
    .reduce((best, next) => (next.count > best.count ? next : best), { at: 0, count: 0 });
  const start = `${file}: ${what} stand there 0 times, not once.`;
  if (nearest.count === 0) return `${start} The first of them is nowhere in the file.`;
  const there = lines[nearest.at + nearest.count]?.trim() ?? "the end of the file";
  return (
    `${start} Line ${nearest.at + nearest.count + 1} reads "${there}"` +
    ` where "${wanted[nearest.count]?.trim()}" is wanted.`
  );
}
