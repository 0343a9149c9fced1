import junit from "junit-report-builder";
import type { VerifyReport } from "./law-report.ts";
import { renderWitness } from "./render-witness.ts";

/** The report as JUnit XML: a broken law is a failure, an unknown one an error, one not run is skipped. */
export function renderJunit(report: VerifyReport): string {
  const builder = junit.default.newBuilder();
  const suite = builder.testSuite().name(`rehearsal ${report.migrations.to}`);
  for (const law of report.laws) {
    const test = suite
      .testCase()
      .className(law.id.split(".")[0] ?? law.id)
      .name(`${law.id}: ${law.claim}`)
      .time((law.evidence?.wallMs ?? 0) / 1000);
    if (law.witness !== null)
      test.failure(`${renderWitness(law, law.witness)}\n  again     ${law.witness.command}`);
    else if (law.verdict === "unknown") test.error(law.reason ?? "");
    else if (law.verdict === "not-run") test.skipped();
  }
  return builder.build();
}
