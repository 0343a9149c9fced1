import { Counter, Gauge, Registry } from "prom-client";
import type { MonitorReport } from "../../report/monitor-report.ts";

/** What a scrape is answered with. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/**
 * The last reading as Prometheus reads it. What could not be told is left out, for zero would be a lie, and counted as
 * such; without a report the database could not be reached at all.
 */
export async function renderExposition(report: MonitorReport | undefined): Promise<Exposition> {
  const registry = new Registry();
  const gauge = (name: string, help: string, value: number): void =>
    new Gauge({ name, help, registers: [registry] }).set(value);
  for (const { name, help, kind, value } of report?.metrics ?? []) {
    if (value === null) continue;
    if (kind === "gauge") gauge(name, help, value);
    else new Counter({ name, help, registers: [registry] }).inc(value);
  }
  gauge("rehearsal_monitor_up", "1 if the last reading reached the database.", report ? 1 : 0);
  if (report !== undefined) {
    const untold = [
      ...report.metrics.map(({ value }) => value),
      ...report.views.map(({ rows }) => rows),
    ];
    gauge(
      "rehearsal_monitor_untold",
      "How many metrics and views could not be told.",
      untold.filter((each) => each === null).length,
    );
    const read = Date.parse(report.at) / 1000;
    gauge("rehearsal_monitor_read_seconds", "When it was read, by the server's clock.", read);
    const started = Date.parse(report.serverStartedAt) / 1000;
    gauge("rehearsal_server_start_seconds", "When the database server was started.", started);
    addRates(registry, report);
    addViews(registry, report);
  }
  return { contentType: registry.contentType, text: await registry.metrics() };
}

/** Prometheus tells rates by itself; these are the monitor's own, over the last minute of its readings. */
function addRates(registry: Registry, { metrics }: MonitorReport): void {
  const rates = new Gauge({
    name: "rehearsal_monitor_per_minute",
    help: "Growth of a counter within a minute, by the monitor's own readings.",
    labelNames: ["metric"],
    registers: [registry],
  });
  for (const { name, perMinute } of metrics)
    if (perMinute !== null) rates.set({ metric: name }, perMinute);
}

function addViews(registry: Registry, { views }: MonitorReport): void {
  const rows = new Gauge({
    name: "rehearsal_monitor_trouble_rows",
    help: "Rows of a view that has none while all is well, up to 100.",
    labelNames: ["view"],
    registers: [registry],
  });
  for (const { title, isTrouble, rows: found } of views)
    if (isTrouble && found !== null) rows.set({ view: title }, found.length);
}
