import type { Evidence } from "../verdict/verdict.ts";
import type { LawReport } from "./law-report.ts";
import { wrapBehind } from "./wrap.ts";

/** Colours a text, or leaves it as it is where there is no terminal. */
export interface Palette {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly doubtful: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
}

/** One law as it ends: sign, id, milliseconds; then why it is not known to hold. Broken at `width` characters. */
export function renderLawLine(law: LawReport, palette: Palette, width = Infinity): string {
  const id = law.id.padEnd(idWidth);
  const time = law.evidence === null ? "-" : `${law.evidence.wallMs} ms`;
  const line = `${verdictSign(law, palette)} ${id}  ${palette.faint(time.padStart(timeWidth))}`;
  if (law.verdict === "holds") return line;
  const why = law.witness?.happened ?? law.reason ?? "";
  const label = `  ${verdictWord(law)}: `;
  return `${line}\n${wrapBehind(label, why, width)}`;
}

/** As wide as the longest id of the laws that come with the tool. */
const idWidth = 28;
const timeWidth = 9;

export function verdictSign(law: LawReport, palette: Palette): string {
  if (law.verdict === "holds") return palette.good("✓");
  if (law.verdict === "broken") return palette.bad("✗");
  return palette.doubtful("?");
}

export function verdictWord({ verdict }: LawReport): string {
  return verdict === "not-run" ? "not run" : verdict;
}

/** What was tried, in the order of the effort it took: `40 runs, 6 schedules`. */
export function renderEvidence(evidence: Evidence): string {
  const counts: readonly (readonly [number, string])[] = [
    [evidence.runs, "runs"],
    [evidence.schedules, "schedules"],
    [evidence.raced, "raced"],
    [evidence.faults, "faults"],
    [evidence.comparisons, "comparisons"],
  ];
  const counted = counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${count === 1 ? what.replace(/s$/, "") : what}`);
  const { programs, exhausted } = evidence.explored;
  return [...counted, ...describePrograms(programs, exhausted)].join(", ");
}

/** Of how many programs every schedule was run; where of none, that they were tried at all. */
function describePrograms(programs: number, exhausted: number): string[] {
  if (programs === 0) return [];
  const all = `${programs} ${programs === 1 ? "program" : "programs"}`;
  return [exhausted === 0 ? all : `${all}, ${exhausted} under every schedule`];
}
