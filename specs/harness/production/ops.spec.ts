/**
 * Goal: Alerts and dashboard in the repository are what the list of metrics makes, and what Prometheus and Grafana take.
 * Method: Both are made again, compared with the files, and parsed by what each demands; where promtool is on the PATH it
 * checks the rules and plays made-up series against them.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { production as binding } from "../../../fixtures/m10/production.ts";
import { renderExposition } from "../../../harness/production/monitor/render-metrics.ts";
import { writeOps } from "../../../harness/production/write-ops.ts";
import type { MonitorReport } from "../../../harness/report/monitor-report.ts";
import { renderAlerts } from "../../../harness/report/render-alerts.ts";
import { renderDashboard } from "../../../harness/report/render-dashboard.ts";
import { impliedBindings, impliedTitle } from "../../../scripts/implied-bindings.ts";
import { about } from "./monitor-once.ts";
import { dashboardFile, rulesFile } from "./ops-schemas.ts";

const alerts = renderAlerts(impliedTitle, binding.metrics);
const dashboard = renderDashboard(impliedTitle, binding.metrics);
const rules = rulesFile.parse(parse(alerts)).groups.flatMap((group) => group.rules);
const panels = dashboardFile.parse(JSON.parse(dashboard)).panels;

test("the files in the repository are what the metrics make", async () => {
  await expect(alerts).toMatchFileSnapshot("../../../ops/alerts.yml");
  await expect(dashboard).toMatchFileSnapshot("../../../ops/dashboard.json");
});

test("pnpm ops writes the same", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ops-"));

  const files = await writeOps({ bindings: impliedBindings, title: impliedTitle, folder });

  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  await rm(folder, { recursive: true });
  expect(texts).toEqual([alerts, dashboard]);
});

test("there is an alert for every threshold, at the threshold", () => {
  for (const { name, kind, alert } of binding.metrics) {
    const ofIt = rules.filter(({ expr }) => new RegExp(`\\b${name}\\b`).test(expr));
    expect(ofIt.map(({ annotations }) => annotations["summary"])).toEqual(
      alert === undefined ? [] : [alert.summary],
    );
    if (alert === undefined) continue;
    const watched = kind === "counter" ? `rate(${name}[2m]) * 60` : name;
    expect(ofIt[0]?.expr).toMatch(`${watched} > ${alert.above}`);
  }
});

test("every metric has a panel with its threshold, and no two lie on each other", () => {
  const drawn = panels.flatMap((panel) => (panel.type === "row" ? [] : [panel]));
  for (const { name, alert } of binding.metrics) {
    const [panel, ...more] = drawn.filter(({ title }) => title.split(",")[0] === name);
    expect(more).toEqual([]);
    const red = panel?.fieldConfig.defaults.thresholds.steps.at(1)?.value;
    expect(red).toBe(alert === undefined ? undefined : alert.above || 1);
  }
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}/${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});

test("the title is the runbook's", () => {
  expect(JSON.parse(dashboard)).toMatchObject({ title: "M10 Recovery Operations" });
});

test("what alerts and dashboard ask for is served", async () => {
  const report: MonitorReport = {
    ...about,
    at: "2026-01-02T03:04:05.678Z",
    serverStartedAt: "2026-01-01T00:00:00.000Z",
    overSeconds: 60,
    metrics: binding.metrics.map(({ name, help, group, kind }) => {
      const perMinute = kind === "counter" ? 1 : null;
      return {
        name,
        help,
        group,
        kind,
        value: 1,
        perMinute,
        above: null,
        verdict: "noted",
        says: "",
      };
    }),
    views: [{ title: "v", isTrouble: true, rows: [], verdict: "quiet", says: "" }],
    notes: [],
    verdict: "quiet",
    exitCode: 0,
  };
  const { text } = await renderExposition(report);
  const served = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));

  const asked = [...rules.map(({ expr }) => expr), dashboard].flatMap(
    (expr) => expr.match(/\b(?:m10|rehearsal)_\w+/g) ?? [],
  );

  expect(asked.length).toBeGreaterThan(binding.metrics.length);
  expect([...new Set(asked)].filter((name) => !served.has(name))).toEqual([]);
});

test("without a database only that is served", async () => {
  const { text } = await renderExposition(undefined);

  expect(text.match(/^[^#\n].*/gm)).toEqual(["rehearsal_monitor_up 0"]);
});

const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;

describe.skipIf(!hasPromtool)("promtool", () => {
  test("finds nothing wrong with the rules", () => {
    const checked = spawnSync("promtool", ["check", "rules", "ops/alerts.yml"], {
      encoding: "utf8",
    });

    expect(checked.stderr).toBe("");
    expect(checked.stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  });

  test.for([
    {
      title: "ten refusals a minute are borne",
      series: { m10_locks_failed_total: "0+2.5x60", rehearsal_server_start_seconds: "1+0x60" },
      alert: "M10LocksFailedTotal",
      fires: false,
    },
    {
      title: "more are told",
      series: { m10_locks_failed_total: "0+3x60", rehearsal_server_start_seconds: "1+0x60" },
      alert: "M10LocksFailedTotal",
      fires: true,
    },
    {
      title: "more are told where nobody says when the server was started",
      series: { m10_locks_failed_total: "0+3x60" },
      alert: "M10LocksFailedTotal",
      fires: true,
    },
    {
      title: "a jump with a restart is borne",
      series: {
        m10_locks_failed_total: "0+0x32 32+0x28",
        rehearsal_server_start_seconds: "1+0x32 2+0x28",
      },
      alert: "M10LocksFailedTotal",
      fires: false,
    },
    {
      title: "the same jump is told without one",
      series: {
        m10_locks_failed_total: "0+0x32 32+0x28",
        rehearsal_server_start_seconds: "1+0x60",
      },
      alert: "M10LocksFailedTotal",
      fires: true,
    },
    {
      title: "a gauge at its threshold is borne",
      series: { m10_outbox_pending_gauge: "100+0x60" },
      alert: "M10OutboxPendingGauge",
      fires: false,
    },
    {
      title: "a gauge above it is told",
      series: { m10_outbox_pending_gauge: "101+0x60" },
      alert: "M10OutboxPendingGauge",
      fires: true,
    },
    {
      title: "a monitor that cannot see is told",
      series: { rehearsal_monitor_up: "1+0x60", rehearsal_monitor_untold: "1+0x60" },
      alert: "RehearsalMonitorCannotTell",
      fires: true,
    },
    {
      title: "a monitor that is not there is told",
      series: {},
      alert: "RehearsalMonitorGone",
      fires: true,
    },
  ])("$title", async ({ series, alert, fires }) => {
    const folder = await mkdtemp(join(tmpdir(), "rules-"));
    const file = join(folder, "played.yml");
    const played = {
      rule_files: [resolve("ops/alerts.yml")],
      evaluation_interval: "15s",
      tests: [
        {
          interval: "15s",
          input_series: Object.entries(series).map(([name, values]) => ({
            series: `${name}{job="m10",instance="db"}`,
            values,
          })),
          promql_expr_test: [
            {
              expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})`,
              eval_time: "10m",
              exp_samples: fires ? [{ labels: "{}", value: 1 }] : [],
            },
          ],
        },
      ],
    };
    await writeFile(file, stringify(played));

    const told = spawnSync("promtool", ["test", "rules", file], { encoding: "utf8" });

    await rm(folder, { recursive: true });
    expect(told.stdout + told.stderr).toContain("SUCCESS");
  });
});
