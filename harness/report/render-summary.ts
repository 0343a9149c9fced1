import type { LawReport, VerifyReport } from "./law-report.ts";
import { type Palette, renderEvidence, verdictSign, verdictWord } from "./render-law-line.ts";
import { renderPlainTable } from "./plain-table.ts";
import { renderWitness } from "./render-witness.ts";
import { wrap, wrapBehind } from "./wrap.ts";

/**
 * The end of a run for a person: the table of laws, the witness of each broken one, and one line of totals. Lines fit
 * into `width` characters, but for commands and URLs, which stay whole.
 */
export function renderSummary(report: VerifyReport, palette: Palette, width: number): string {
  const broken = report.laws.filter(({ verdict }) => verdict === "broken");
  return [
    renderTable(report.laws, palette, width),
    ...renderNotes(report.laws, width),
    ...broken.map((law) => `${palette.bad("✗")} ${renderBroken(law, palette, width - 2)}\n`),
    renderTotals(report, palette, width),
  ].join("\n");
}

function renderTable(laws: readonly LawReport[], palette: Palette, width: number): string {
  const idWidth = Math.max(...laws.map(({ id }) => id.length), "law".length);
  const verdictWidth = "✗ unknown".length;
  const lines = renderPlainTable(
    ["law", "verdict", "evidence"].map((word) => palette.faint(word)),
    laws.map((law) => [law.id, `${verdictSign(law, palette)} ${verdictWord(law)}`, told(law)]),
    [idWidth, verdictWidth, Math.max(width - idWidth - verdictWidth - 4, 20)],
  );
  return `${lines.join("\n")}\n`;
}

/** Of a long reason the first line: the rest stood where the law ended. */
function told({ reason, evidence }: LawReport): string {
  if (reason !== null) return reason.split("\n", 1)[0] ?? "";
  return (evidence === null ? "" : renderEvidence(evidence)) || "at once";
}

/** What else a reader must know of the evidence, once each: often it is the same for many laws. */
function renderNotes(laws: readonly LawReport[], width: number): string[] {
  const tried = laws.filter(({ evidence }) => evidence !== null);
  const notes = new Set(tried.flatMap(({ evidence }) => evidence?.notes ?? []));
  return [...notes].map((note) => {
    const noted = tried.filter(({ evidence }) => evidence?.notes.includes(note));
    const all = noted.length === tried.length && tried.length > 1;
    const whose = all ? "every law" : noted.map(({ id }) => id).join(", ");
    return `${wrapBehind("note: ", `${note} (${whose})`, width)}\n`;
  });
}

function renderBroken(law: LawReport, palette: Palette, width: number): string {
  if (law.witness === null) return law.id;
  const [id = "", ...witness] = renderWitness(law, law.witness, width).split("\n");
  const lines = [palette.strong(id), ...witness];
  const { command, schedule, kept } = law.witness;
  lines.push(`  again     ${palette.strong(command)}`);
  if (schedule !== null) lines.push(`  replay    ${palette.strong(schedule.replay)}`);
  if (schedule !== null) lines.push(`  by hand   ${schedule.script}`);
  if (kept !== null) lines.push(`  kept      psql '${kept}'`);
  return lines.join("\n");
}

function renderTotals(report: VerifyReport, palette: Palette, width: number): string {
  const count = (verdict: LawReport["verdict"]): number =>
    report.laws.filter((law) => law.verdict === verdict).length;
  const parts = [
    palette.good(`${count("holds")} hold`),
    count("broken") > 0 ? palette.bad(`${count("broken")} broken`) : "0 broken",
    ...(count("unknown") > 0 ? [palette.doubtful(`${count("unknown")} unknown`)] : []),
    ...(count("not-run") > 0 ? [palette.doubtful(`${count("not-run")} not run`)] : []),
  ];
  const seconds = (report.wallMs / 1000).toFixed(1);
  const on = `seed ${report.seed}, ${report.effort} effort, PostgreSQL ${report.postgres}, ${report.redis}, ${seconds} s`;
  const total = `${palette.strong(report.migrations.to)}: ${parts.join(", ")}`;
  return `${total}\n${wrap(on, width)
    .map((line) => palette.faint(line))
    .join("\n")}`;
}
