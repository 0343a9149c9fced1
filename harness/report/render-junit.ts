import { create } from "xmlbuilder2";
import type { LawReport, VerifyReport } from "./law-report.ts";
import { renderWitness } from "./render-witness.ts";

/** The report as JUnit XML: a broken law is a failure, an unknown one an error, one not run is skipped. */
export function renderJunit(report: VerifyReport): string {
  const count = (verdict: LawReport["verdict"]): number =>
    report.laws.filter((law) => law.verdict === verdict).length;
  const suite = create({ version: "1.0", encoding: "UTF-8", invalidCharReplacement: "\u{fffd}" })
    .ele("testsuites")
    .ele("testsuite", {
      name: `rehearsal ${report.migrations.to}`,
      tests: report.laws.length,
      failures: count("broken"),
      errors: count("unknown"),
      skipped: count("not-run"),
      time: seconds(report.wallMs),
      timestamp: report.startedAt,
    });
  for (const law of report.laws) {
    const test = suite.ele("testcase", {
      classname: law.id.split(".")[0] ?? law.id,
      name: `${law.id}: ${law.claim}`,
      time: seconds(law.evidence?.wallMs ?? 0),
    });
    if (law.witness !== null)
      test
        .ele("failure", { message: law.witness.happened })
        .txt(`${renderWitness(law, law.witness)}\n  again     ${law.witness.command}`);
    else if (law.verdict === "unknown") test.ele("error", { message: law.reason ?? "" });
    else if (law.verdict === "not-run") test.ele("skipped", { message: law.reason ?? "" });
  }
  return suite.end({ prettyPrint: true });
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
