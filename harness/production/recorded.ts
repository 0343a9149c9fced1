import type { ProductionRecord, RecordedCommand } from "../report/production-record.ts";
import { inRun, type Run } from "../verify/open-run.ts";
import type { Output } from "../verify/output.ts";
import { type Checks, startChecks } from "./checks.ts";
import type { Errand } from "./errand.ts";
import { keepRecord } from "./keep-record.ts";
import { tellEnd } from "./tell.ts";

/**
 * Does the work of a command that changes a database, and keeps its record, also when a signal ends it: what is under way
 * is taken back first, and what was paused resumed. Answers with the record; a failure of the tool itself is thrown.
 */
export async function recorded(
  errand: Errand,
  command: RecordedCommand,
  startedAt: Date,
  output: Output,
  work: (run: Run, checks: Checks) => Promise<Readonly<Record<string, string>>>,
): Promise<ProductionRecord> {
  const checks = startChecks(output);
  return await inRun(
    async (run) => {
      let kept: Promise<ProductionRecord> | undefined;
      const keep = (facts: Readonly<Record<string, string>>): Promise<ProductionRecord> =>
        (kept ??= (async () => {
          const outcome = { checks: checks.made(), facts };
          const { record, file } = await keepRecord(errand, command, startedAt, outcome);
          tellEnd(output, record, file);
          return record;
        })());
      const working = Promise.withResolvers<Readonly<Record<string, string>>>();
      run.defer(async () => {
        if (run.interrupted.aborted) await keep(await working.promise);
      });
      try {
        const facts = await work(run, checks);
        working.resolve(facts);
        return await keep(facts);
      } catch (error) {
        working.resolve({});
        throw error;
      }
    },
    { longestEndMs: longestResumeMs },
  );
}

/** A team's command that resumes its workers may take a while. */
const longestResumeMs = 120_000;
