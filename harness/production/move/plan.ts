import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { alembicLedger } from "../../migrations/ledger.ts";
import { type Move, upOf } from "../../migrations/move.ts";
import { planSql } from "../../migrations/plan-sql.ts";
import type { TracedStep } from "../../migrations/trace-move.ts";
import type { ProductionRecord } from "../../report/production-record.ts";
import { renderPlainTable } from "../../report/plain-table.ts";
import type { Environment } from "../../verify/environment.ts";
import type { Output } from "../../verify/output.ts";
import { writeWhole } from "../../verify/write-whole.ts";
import { type Errand, readErrand } from "../errand.ts";
import { go } from "../finding.ts";
import { recorded } from "../recorded.ts";
import { rehearse } from "../rehearse.ts";
import type { PlanSettings } from "../settings.ts";

/** What `apply` runs, as one text; the hash is of it. */
export interface Plan {
  readonly sql: string;
  readonly hash: string;
}

/** The plan of a move for the database of an errand, with this many milliseconds of patience for locks. */
export function planOf(
  { sessionSettings }: Pick<Errand, "sessionSettings">,
  move: Move,
  lockTimeoutMs: number,
): Plan {
  const settings = { lock_timeout: `${lockTimeoutMs}ms`, ...sessionSettings };
  const sql = planSql(move, alembicLedger, settings);
  return { sql, hash: createHash("sha256").update(sql).digest("hex") };
}

/** The whole of `pnpm plan`: writes the SQL that apply runs into a file and tells what it locked in rehearsal. */
export async function plan(
  settings: PlanSettings,
  environment: Environment,
  output: Output,
): Promise<ProductionRecord> {
  const startedAt = new Date();
  const errand = await readErrand(settings, environment);
  const order = { errand, command: "plan", question: "what will run", startedAt, output } as const;
  return await recorded({ ...order, changes: false }, async (run, checks) => {
    output.progress(output.palette.faint("rehearsing on a server of the same major"));
    const rehearsed = await rehearse(run, { ...errand, major: errand.target.major });
    output.progress("");
    const { revision } = errand.selection;
    const move = upOf(revision);
    const { sql, hash } = planOf(errand, move, settings.lockTimeout);
    const file = settings.file ?? join(errand.records, `${revision.id}.plan.sql`);
    await mkdir(dirname(file), { recursive: true });
    await writeWhole(file, sql);
    tellSteps(output, rehearsed.up);
    output.line("");
    output.line(`${file}, sha256 ${hash}`);
    output.line(`by hand: psql ${move.transactional ? "-1 " : ""}-f ${file}`);
    output.line(`with alembic instead: alembic upgrade ${revision.id}, then pnpm postflight`);
    const steps = rehearsed.up.map(renderStep);
    checks.add("plan", go(`${move.texts.length} statements in ${file}`, steps));
    return { file, "plan sha256": hash, "rehearsed on": rehearsed.version };
  });
}

function tellSteps(output: Output, steps: readonly TracedStep[]): void {
  const rows = steps.map(({ kind, text, line, ms, locks }) => [
    kind === "statement" ? String(line) : "",
    (text.trim().split("\n")[0] ?? "").slice(0, 58),
    ms.toFixed(1),
    locks.map(({ relation, mode }) => `${mode} ${relation}`).join("; "),
  ]);
  const head = ["line", "statement", "ms", "first locks on what was there"];
  for (const line of renderPlainTable(head, rows, [6, 60, 7, 46])) output.line(line);
}

function renderStep({ kind, text, line, ms, locks }: TracedStep): string {
  const first = text.trim().split("\n")[0] ?? "";
  const where = kind === "statement" ? `line ${line}: ` : "";
  const held = locks.map(({ relation, mode }) => `${mode} on ${relation}`).join(", ");
  return `${where}${first}, ${ms.toFixed(1)} ms${held === "" ? "" : `, takes ${held}`}`;
}
