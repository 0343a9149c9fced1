import type { ProductionRecord, RecordedCommand } from "../report/production-record.ts";
import { inRun, type Run } from "../verify/open-run.ts";
import type { Output } from "../verify/output.ts";
import { type Checks, startChecks } from "./checks.ts";
import type { Errand } from "./errand.ts";
import { unknown } from "./finding.ts";
import { keepRecord, prepareRecords } from "./keep-record.ts";
import { tellEnd, tellHead } from "./tell.ts";

/** A command that keeps a record, and of what. */
export interface RecordOrder {
  readonly errand: Errand;
  readonly command: RecordedCommand;
  /** What it is to find out or do, as a question without its mark. */
  readonly question: string;
  readonly startedAt: Date;
  readonly output: Output;
  /** Whether it changes the database: then a signal waits until it is known what became of that. */
  readonly changes: boolean;
}

type Facts = Readonly<Record<string, string>>;

/**
 * Does the work of a command, tells its checks and keeps its record, also when a signal ends it: what is under way is taken
 * back first, and what was paused resumed. Work that did not come to its end is never a go. Answers with the record; a
 * failure of the tool itself is thrown.
 */
export async function recorded(
  order: RecordOrder,
  work: (run: Run, checks: Checks) => Promise<Facts>,
): Promise<ProductionRecord> {
  const { errand, command, question, startedAt, output, changes } = order;
  await prepareRecords(errand.records);
  tellHead(output, errand, question);
  const checks = startChecks(output);
  return await inRun(
    async (run) => {
      let kept: Promise<ProductionRecord> | undefined;
      const keep = (facts: Facts): Promise<ProductionRecord> =>
        (kept ??= (async () => {
          const outcome = { checks: checks.made(), facts };
          const { record, file } = await keepRecord(errand, command, startedAt, outcome);
          tellEnd(output, record, file);
          return record;
        })());
      const working = Promise.withResolvers<Facts>();
      run.defer(async () => {
        if (run.interrupted.aborted) await keep(await working.promise);
      });
      try {
        const facts = await work(run, checks);
        working.resolve(facts);
        return await keep(facts);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (run.interrupted.aborted) checks.add("end", unknown(`ended before it was done: ${why}`));
        working.resolve({});
        throw error;
      }
    },
    changes ? { longestEndMs: longestResumeMs } : {},
  );
}

/** A team's command that resumes its workers may take a while. */
const longestResumeMs = 120_000;
