import Table from "cli-table3";
import type { LawReport, VerifyReport } from "./law-report.ts";
import { type Palette, renderEvidence, verdictSign } from "./render-law-line.ts";
import { renderWitness } from "./render-witness.ts";

/** The end of a run for a person: the table of laws, the witness of each broken one, and one line of totals. */
export function renderSummary(report: VerifyReport, palette: Palette): string {
  const broken = report.laws.filter(({ verdict }) => verdict === "broken");
  return [
    renderTable(report.laws, palette),
    ...broken.map((law) => `${palette.bad("✗")} ${renderBroken(law)}\n`),
    renderTotals(report, palette),
  ].join("\n");
}

function renderTable(laws: readonly LawReport[], palette: Palette): string {
  const table = new Table({
    head: ["law", "verdict", "evidence"],
    style: { head: [], border: [], compact: true },
  });
  for (const law of laws) {
    const told = law.reason ?? (law.evidence === null ? "" : renderEvidence(law.evidence));
    table.push([law.id, `${verdictSign(law, palette)} ${law.verdict}`, told]);
  }
  return `${table.toString()}\n`;
}

function renderBroken(law: LawReport): string {
  if (law.witness === null) return law.id;
  const lines = [renderWitness(law, law.witness), `  again     ${law.witness.command}`];
  if (law.witness.kept !== null) lines.push(`  kept      psql '${law.witness.kept}'`);
  return lines.join("\n");
}

function renderTotals(report: VerifyReport, palette: Palette): string {
  const count = (verdict: LawReport["verdict"]): number =>
    report.laws.filter((law) => law.verdict === verdict).length;
  const parts = [
    palette.good(`${count("holds")} hold`),
    count("broken") > 0 ? palette.bad(`${count("broken")} broken`) : "0 broken",
    ...(count("unknown") > 0 ? [palette.doubtful(`${count("unknown")} unknown`)] : []),
    ...(count("not-run") > 0 ? [palette.doubtful(`${count("not-run")} not run`)] : []),
  ];
  const seconds = (report.wallMs / 1000).toFixed(1);
  return (
    `${report.migrations.to}: ${parts.join(", ")}  ` +
    palette.faint(
      `seed ${report.seed}, ${report.effort} effort, PostgreSQL ${report.postgres}, ${report.redis}, ${seconds} s`,
    )
  );
}
