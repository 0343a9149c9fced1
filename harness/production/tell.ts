import type { ProductionRecord } from "../report/production-record.ts";
import { renderOverall } from "../report/render-checks.ts";
import { wrap } from "../report/wrap.ts";
import type { Output } from "../verify/output.ts";
import type { Errand } from "./errand.ts";

/** What is about to be asked of which database. */
export function tellHead(
  output: Output,
  { selection, folder, target }: Errand,
  what: string,
): void {
  const { version, host } = target.address;
  const text =
    `${selection.revision.id} of ${folder}: ${what}? ` +
    `Database ${target.database} on PostgreSQL ${version} at ${host}, as ${target.role}`;
  for (const line of wrap(text, output.width())) output.line(output.palette.faint(line));
}

/** What it came to, and where the record is. */
export function tellEnd(output: Output, record: ProductionRecord, file: string): void {
  const { palette } = output;
  const came = renderOverall(record.verdict, record.checks, palette);
  output.line("");
  output.line(`${palette.strong(record.revision.to)}: ${came}`);
  output.line(palette.faint(`record ${file}`));
}
