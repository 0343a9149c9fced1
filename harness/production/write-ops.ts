import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { renderAlerts } from "../report/render-alerts.ts";
import { renderDashboard } from "../report/render-dashboard.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { writeWhole } from "../verify/write-whole.ts";
import { loadProduction } from "./load-production.ts";

export interface OpsOrder {
  /** File of the bindings. */
  readonly bindings: string;
  readonly folder: string;
  /** Of the dashboard and of the group of alerts. */
  readonly title: string;
}

/** Writes alerts and dashboard from the metrics of the bindings, and answers the files. Fails with `NOTHING_TO_WATCH`. */
export async function writeOps({ bindings, folder, title }: OpsOrder): Promise<readonly string[]> {
  const production = await loadProduction(resolve(bindings));
  if (production === undefined || production.metrics.length === 0)
    throw new RehearsalError(
      "NOTHING_TO_WATCH",
      `${bindings} names no metrics. Nothing was written. Export "production" with metrics from it.`,
    );
  await mkdir(folder, { recursive: true });
  const files = [
    { file: join(folder, "alerts.yml"), text: renderAlerts(title, production.metrics) },
    { file: join(folder, "dashboard.json"), text: renderDashboard(title, production.metrics) },
  ];
  for (const { file, text } of files) await writeWhole(file, text);
  return files.map(({ file }) => file);
}
