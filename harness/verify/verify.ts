import type { LawReport, VerifyReport } from "../report/law-report.ts";
import { exitCodeOf } from "../report/law-report.ts";
import { renderLawLine } from "../report/render-law-line.ts";
import { wrap } from "../report/wrap.ts";
import { renderSummary } from "../report/render-summary.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Witness } from "../verdict/verdict.ts";
import { againCommand } from "./again-command.ts";
import { inReportOrder, type TriedLaw } from "../laws/tried-law.ts";
import { type LawRunner, openLawRunner } from "./open-law-runner.ts";
import { type Commission, openRehearsal, type OpenRehearsal } from "./open-rehearsal.ts";
import type { Output } from "./output.ts";
import { inRun } from "./open-run.ts";
import { readInput } from "./read-input.ts";
import type { ParsedSettings } from "./settings.ts";
import type { Environment } from "./environment.ts";
import { showProgress } from "./show-progress.ts";
import { toolVersion } from "./tool-version.ts";
import { prepareReportFolder, writeReport } from "./write-report.ts";
import { witnessPlaces, writeWitnesses } from "./write-witnesses.ts";

/**
 * The whole of `pnpm verify`: opens servers, tries every law that was asked for, tells a person how it goes, writes
 * `verify.json` and `junit.xml`, and leaves no server behind. Bad input is a `RehearsalError` before any law is tried.
 */
export async function verify(
  settings: ParsedSettings,
  environment: Environment,
  output: Output,
): Promise<VerifyReport> {
  const input = await readInput(settings, environment);
  await prepareReportFolder(settings.report);
  return await inRun(async (run) => {
    const commission = { run, settings, environment, input };
    return await verifyIn(commission, quietAfter(run.interrupted, output));
  });
}

async function verifyIn(commission: Commission, output: Output): Promise<VerifyReport> {
  const { run, settings } = commission;
  await using opened = new AsyncDisposableStack();
  output.progress(output.palette.faint("opening servers"));
  const [rehearsal, runner] = await bothIn(
    opened,
    openRehearsal(commission),
    openLawRunner(settings.effort, settings.law),
  ).finally(() => output.progress(""));
  for (const line of wrap(rehearsal.headline, output.width()))
    output.line(output.palette.faint(line));
  const tried = await tryLaws(rehearsal, runner, settings, output);
  const laws = tried.toSorted(inReportOrder).map((law) => toReport(law, rehearsal, settings));
  const report: VerifyReport = {
    rehearsal: await toolVersion(),
    migrations: rehearsal.migrations,
    bindings: rehearsal.bindings,
    seed: rehearsal.data.seed,
    asked: [...settings.law],
    postgres: rehearsal.data.tenancy.address.version,
    redis: rehearsal.redis,
    effort: settings.effort,
    // From the start of the process on: that is what a person waits for.
    startedAt: new Date(performance.timeOrigin).toISOString(),
    wallMs: Math.round(performance.now()),
    exitCode: exitCodeOf(laws),
    laws,
  };
  run.interrupted.throwIfAborted();
  await writeWitnesses(tried, rehearsal, settings);
  await writeReport(settings.report, report);
  output.line(`\n${renderSummary(report, output.palette, output.width())}`);
  if (tried.some(({ kept }) => kept !== undefined)) output.line(await rehearsal.leaveServer());
  return report;
}

/** Says nothing any more once the run is being ended by a signal: servers vanish under laws that are being tried. */
function quietAfter(signal: AbortSignal, output: Output): Output {
  return {
    ...output,
    line: (text) => (signal.aborted ? undefined : output.line(text)),
    progress: (text) => (signal.aborted ? undefined : output.progress(text)),
  };
}

/** Waits for both and holds what was opened, also when the other one fails. */
async function bothIn<One extends AsyncDisposable, Other extends AsyncDisposable>(
  stack: AsyncDisposableStack,
  one: Promise<One>,
  other: Promise<Other>,
): Promise<[One, Other]> {
  const hold = <Opened extends AsyncDisposable>(opened: Opened): Opened => stack.use(opened);
  const held = [one.then(hold), other.then(hold)] as const;
  await Promise.allSettled(held);
  return await Promise.all(held);
}

/** Tries them and tells a person about each as it ends. Fails if there is none to try. */
async function tryLaws(
  rehearsal: OpenRehearsal,
  runner: LawRunner,
  settings: ParsedSettings,
  output: Output,
): Promise<readonly TriedLaw[]> {
  const tried: TriedLaw[] = [];
  using progress = showProgress(output);
  await runner.run(rehearsal.data, {
    found: (howMany) => progress.found(howMany),
    begun: (lawId) => progress.begun(lawId),
    ended(law) {
      tried.push(law);
      const line = renderLawLine(
        toReport(law, rehearsal, settings),
        output.palette,
        output.width(),
      );
      progress.ended(law.id, line);
    },
  });
  if (tried.length === 0) throw nothingTried(settings);
  return tried;
}

function toReport(law: TriedLaw, rehearsal: OpenRehearsal, settings: ParsedSettings): LawReport {
  const { verdict } = law;
  return {
    id: law.id,
    revision: rehearsal.migrations.to,
    claim: law.claim,
    verdict: verdict.kind,
    evidence: verdict.kind === "not-run" ? null : verdict.evidence,
    witness:
      verdict.kind === "broken" ? toWitness(law, verdict.witness, rehearsal, settings) : null,
    reason: "reason" in verdict ? verdict.reason : null,
  };
}

function toWitness(
  { id, kept }: TriedLaw,
  { schedule, ...witness }: Witness,
  rehearsal: OpenRehearsal,
  settings: ParsedSettings,
): LawReport["witness"] {
  const { replay, script } = witnessPlaces(id, settings);
  return {
    ...witness,
    command: againCommand(id, rehearsal.data.seed, settings),
    schedule:
      schedule === undefined
        ? null
        : { sessions: schedule.sessions, cause: schedule.cause, replay, script },
    kept: kept ?? null,
  };
}

function nothingTried(settings: ParsedSettings): RehearsalError {
  return new RehearsalError(
    "NO_SUCH_LAW",
    settings.law.length === 0
      ? "No law was tried: the bindings bind no part that a law is about."
      : `No law that the bindings bind fits ${settings.law.map((law) => `"${law}"`).join(", ")}. ` +
          "Nothing was tried. The laws are listed in the README.",
  );
}
