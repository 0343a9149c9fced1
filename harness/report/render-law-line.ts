import type { Evidence } from "../verdict/verdict.ts";
import type { LawReport } from "./law-report.ts";

/** Colours a text, or leaves it as it is where there is no terminal. */
export interface Palette {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly doubtful: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** One line as a law ends: sign, id, milliseconds, and the reason where it was not tried or could not be told. */
export function renderLawLine(law: LawReport, palette: Palette): string {
  const time = law.evidence === null ? "" : palette.faint(` ${law.evidence.wallMs} ms`);
  const reason = law.reason === null ? "" : `: ${law.reason}`;
  return `${verdictSign(law, palette)} ${law.id}${time}${law.verdict === "holds" ? "" : ` ${law.verdict}`}${reason}`;
}

export function verdictSign(law: LawReport, palette: Palette): string {
  if (law.verdict === "holds") return palette.good("✓");
  if (law.verdict === "broken") return palette.bad("✗");
  return palette.doubtful("?");
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
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${count === 1 ? what.replace(/s$/, "") : what}`)
    .join(", ");
}
