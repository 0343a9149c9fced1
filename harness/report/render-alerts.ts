import { stringify } from "yaml";
import type { WatchedMetric } from "./watched-metric.ts";

/**
 * Rules for Prometheus: one for each metric with a threshold, one for views that ought to be empty, and two for when
 * nothing can be told. `title` names their group.
 */
export function renderAlerts(title: string, metrics: readonly WatchedMetric[]): string {
  const rules = [...metrics.flatMap(ruleOf), ...ownRules].map(
    ({ alert, expr, minutes, summary, description }) => ({
      alert,
      expr,
      for: `${minutes}m`,
      labels: { severity: "warning" },
      annotations: { summary, description },
    }),
  );
  return `# Made by "pnpm ops" from the metrics of the bindings: change those.\n${stringify(
    { groups: [{ name: title, rules }] },
    { lineWidth: 0 },
  )}`;
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly minutes: number;
  readonly summary: string;
  readonly description: string;
}

function ruleOf({ name, help, kind, alert }: WatchedMetric): Rule[] {
  if (alert === undefined) return [];
  const expr =
    kind === "gauge"
      ? `${name} > ${alert.above}`
      : `${perMinute(name, "2m")} > ${alert.above} unless on (job, instance) ${restarted}`;
  const description = `${help} Now {{ $value | humanize }}${kind === "counter" ? " a minute" : ""}, at most ${alert.above}.`;
  return [{ alert: pascalCase(name), expr, minutes: 1, summary: alert.summary, description }];
}

/** Growth of a counter in a minute, as Prometheus tells it from a range. */
export function perMinute(name: string, range: string): string {
  return `rate(${name}[${range}]) * 60`;
}

/** A counter that is a sequence may jump when the server is started anew. */
const restarted = "changes(rehearsal_server_start_seconds[2m]) > 0";

const ownRules: readonly Rule[] = [
  {
    alert: "RehearsalMonitorTroubleRows",
    expr: "rehearsal_monitor_trouble_rows > 0",
    minutes: 1,
    summary: "{{ $labels.view }}: there ought to be none",
    description: "There are {{ $value }} rows. pnpm monitor --once shows them.",
  },
  {
    alert: "RehearsalMonitorCannotTell",
    expr: "rehearsal_monitor_up == 0 or rehearsal_monitor_untold > 0",
    minutes: 2,
    summary: "the monitor cannot tell how the database is",
    description:
      "It cannot reach the server, or may not see everything: what is not told is no sign that all is well. " +
      "pnpm monitor --once says why.",
  },
  {
    alert: "RehearsalMonitorGone",
    expr: "absent(rehearsal_monitor_up)",
    minutes: 5,
    summary: "nobody watches the database",
    description: "pnpm monitor --prometheus is not scraped: start it, or mend the scraping.",
  },
];

function pascalCase(name: string): string {
  return name
    .split("_")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}
