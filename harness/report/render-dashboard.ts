import { perMinute } from "./render-alerts.ts";
import type { WatchedMetric } from "./watched-metric.ts";

/**
 * A dashboard for Grafana: first whether anything can be told and what is wrong, then a row for each group of metrics,
 * each in a panel with its threshold as a line. Whoever imports it chooses the source of data.
 */
export function renderDashboard(title: string, metrics: readonly WatchedMetric[]): string {
  const groups = [...new Set(metrics.map(({ group }) => group))];
  const rows = [
    { title: "now", panels: nowPanels },
    ...groups.map((group) => ({
      title: group,
      panels: metrics.filter((metric) => metric.group === group).map(panelOf),
    })),
  ];
  const dashboard = {
    uid: title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"),
    title,
    description: 'Made by "pnpm ops" from the metrics of the bindings.',
    tags: ["rehearsal"],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: "30s",
    time: { from: "now-3h", to: "now" },
    timezone: "utc",
    templating: { list: [sourceVariable] },
    annotations: { list: [restarts] },
    panels: placed(rows),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

interface Panel {
  readonly type: "timeseries" | "stat";
  readonly title: string;
  readonly description: string;
  readonly expr: string;
  readonly legend: string;
  readonly unit: "short" | "s";
  readonly above?: number;
}

function panelOf({ name, help, kind, unit, alert }: WatchedMetric): Panel {
  return {
    type: "timeseries",
    title: kind === "counter" ? `${name}, a minute` : name,
    description: alert === undefined ? help : `${help} Above ${alert.above}: ${alert.summary}.`,
    expr: kind === "counter" ? perMinute(name, "$__rate_interval") : name,
    legend: "{{instance}}",
    unit: unit === "seconds" ? "s" : "short",
    ...(alert === undefined ? {} : { above: alert.above }),
  };
}

const nowPanels: readonly Panel[] = [
  {
    type: "stat",
    title: "cannot be told",
    description: "Metrics and views that the monitor may not see or could not read.",
    expr: "rehearsal_monitor_untold",
    legend: "{{instance}}",
    unit: "short",
    above: 0,
  },
  {
    type: "stat",
    title: "trouble",
    description: "Rows of views that have none while all is well.",
    expr: "sum by (view) (rehearsal_monitor_trouble_rows)",
    legend: "{{view}}",
    unit: "short",
    above: 0,
  },
  {
    type: "stat",
    title: "since the last reading",
    description: "How old the numbers are.",
    expr: "time() - rehearsal_monitor_read_seconds",
    legend: "{{instance}}",
    unit: "s",
    above: 60,
  },
];

const source = { type: "prometheus", uid: "${source}" };

const sourceVariable = {
  name: "source",
  label: "source",
  type: "datasource",
  query: "prometheus",
  current: {},
};

const restarts = {
  name: "server started anew",
  datasource: source,
  enable: true,
  iconColor: "orange",
  expr: "changes(rehearsal_server_start_seconds[$__interval]) > 0",
};

interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Three panels stand side by side on the grid of 24. */
function placed(rows: readonly Row[]) {
  const [wide, high, aSide] = [8, 7, 3];
  let y = 0;
  let id = 0;
  return rows.flatMap(({ title, panels }) => {
    const head = {
      id: (id += 1),
      type: "row",
      title,
      collapsed: false,
      gridPos: grid(0, y, 24, 1),
      panels: [],
    };
    y += 1;
    const below = panels.map((panel, index) => ({
      id: (id += 1),
      gridPos: grid((index % aSide) * wide, y + Math.floor(index / aSide) * high, wide, high),
      ...drawn(panel),
    }));
    y += Math.ceil(panels.length / aSide) * high;
    return [head, ...below];
  });
}

function grid(x: number, y: number, w: number, h: number) {
  return { x, y, w, h };
}

function drawn({ type, title, description, expr, legend, unit, above }: Panel) {
  const steps = [
    { color: "green", value: null },
    ...(above === undefined ? [] : [{ color: "red", value: justAbove(above) }]),
  ];
  const line = { thresholdsStyle: { mode: above === undefined ? "off" : "line" } };
  return {
    type,
    title,
    description,
    datasource: source,
    targets: [{ refId: "A", datasource: source, expr, legendFormat: legend }],
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        thresholds: { mode: "absolute", steps },
        ...(type === "timeseries" ? { custom: line } : {}),
      },
      overrides: [],
    },
  };
}

/** Grafana turns red at a value, thresholds are passed above one: where only whole numbers are, zero must stay green. */
function justAbove(above: number): number {
  return above === 0 ? 1 : above;
}
