/**
 * Goal: A terminal, a scrape and a script show what was read as it is, for as long as the server is there and when it is
 * not, and show no password.
 * Method: The command runs on a staged production: served, on a terminal of its own that Ctrl-C is typed into, and before
 * and after the server is killed. Made-up reports are rendered for small terminals.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { production as binding } from "../../../fixtures/m10/production.ts";
import { openSession } from "../../../harness/postgres/session.ts";
import { judgeWindow } from "../../../harness/production/monitor/judge-window.ts";
import { monitor } from "../../../harness/production/monitor/monitor.ts";
import { openReader } from "../../../harness/production/monitor/reader.ts";
import { readingSettings } from "../../../harness/production/monitor/reading.ts";
import { addReading, openWindow } from "../../../harness/production/monitor/window.ts";
import type { MonitorReport } from "../../../harness/report/monitor-report.ts";
import { renderMonitor } from "../../../harness/report/render-monitor.ts";
import { plain } from "../report/example-laws.ts";
import { about, monitorOnce, monitorSettingsFor } from "./monitor-once.ts";
import { empty, type Hardened, stageHardened } from "./stage-hardened.ts";
import { rememberOutput } from "./remember-output.ts";
import { database } from "./stage-production.ts";

let production: Hardened;

beforeAll(async () => {
  production = await stageHardened();
  await production.admin.run("create role stranger login");
});

beforeEach(() => empty(production));

afterAll(() => production[Symbol.asyncDispose]());

async function acquire(...holders: readonly string[]): Promise<void> {
  await using app = await production.enter("m10_app");
  for (const holder of holders)
    await app.run("select m10_recovery.acquire_lock('a', $1)", [holder]);
}

describe("on a screen", () => {
  const report: MonitorReport = {
    ...about,
    at: "2026-01-02T03:04:05.678Z",
    serverStartedAt: "2026-01-01T00:00:00.000Z",
    overSeconds: null,
    metrics: [metric("things"), metric("unseen", { value: null, verdict: "unknown", says: "why" })],
    views: [
      {
        title: "letters",
        isTrouble: true,
        rows: Array.from({ length: 40 }, (_, id) => ({
          id,
          text: `a\u001b[31m\n${"b".repeat(90)}`,
        })),
        verdict: "trouble",
        says: "",
      },
      { title: "others", isTrouble: false, rows: [], verdict: "noted", says: "" },
    ],
    notes: ["the server was started anew"],
    verdict: "trouble",
    exitCode: 1,
  };

  test.for([10, 12, 15, 24, 60])(
    "of %i lines it shows what is wrong, and no more lines",
    (height) => {
      const shown = renderMonitor(report, plain, { width: 80, height });

      expect(shown.length).toBeLessThanOrEqual(height);
      expect(Math.max(...shown.map(({ length }) => length))).toBeLessThanOrEqual(80);
      expect(shown).toContain("✗ letters  40");
      expect(shown.join("\n")).toMatch(/^✗ things {2}/m);
    },
  );

  test("what somebody wrote into a row steers no terminal and keeps to its line", () => {
    const shown = renderMonitor(report, plain, { width: 120, height: Infinity });

    expect(shown.join("")).not.toContain("\u001b");
    expect(shown.find((line) => line.trimStart().startsWith("39"))).toBeUndefined();
    expect(shown).toContain("    … 20 more");
    expect(shown).toContain(`     0  a�[31m ${"b".repeat(56)}…`);
  });

  test("what is unknown says why, where its value would stand", () => {
    const shown = renderMonitor(report, plain, { width: 120, height: Infinity });

    expect(shown).toContain("? unseen  unknown: why");
  });
});

describe("Prometheus", () => {
  test("is served what was counted, under the runbook's names", async () => {
    await acquire("one", "one", "two");

    const { url, answer, text, elsewhere, exitCode } = await scraped("m10_monitor");

    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(text.split("\n")).toEqual(
      expect.arrayContaining([
        "# HELP m10_locks_acquired_total How often acquire_lock answered true.",
        "# TYPE m10_locks_acquired_total counter",
        "m10_locks_acquired_total 2",
        "m10_locks_failed_total 1",
        "m10_replay_duplicates_total 0",
        "# TYPE m10_outbox_pending_gauge gauge",
        "m10_outbox_pending_gauge 0",
        "m10_outbox_retry_total 0",
        "rehearsal_monitor_up 1",
        "rehearsal_monitor_untold 0",
        'rehearsal_monitor_trouble_rows{view="parked events"} 0',
      ]),
    );
    expect(elsewhere.status).toBe(404);
    expect(exitCode).toBe(0);
  });

  test("is served nothing that could not be told", async () => {
    const { text } = await scraped("stranger");

    expect(text).not.toMatch(/^m10_/m);
    const untold = binding.metrics.length + binding.views.length - 1;
    expect(text).toContain(`rehearsal_monitor_untold ${untold}\n`);
  });

  test("a port that is taken is bad input", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = taken.address();
    const port = typeof address === "object" ? String(address?.port) : "";
    const view = {
      output: rememberOutput(140),
      height: () => undefined,
      ended: new AbortController().signal,
    };

    const serving = monitor(
      monitorSettingsFor(production, { prometheus: port }),
      { path: "" },
      view,
    );

    await expect(serving).rejects.toMatchObject({ code: "PORT_NOT_OPENED", exitCode: 2 });
    taken.close();
  });
});

test("a URL that holds a password is refused, and no password is shown", async () => {
  const url = production.url().replace("@", ":open-sesame@");

  const refusal: unknown = await monitorOnce(production, { url }).catch((error: unknown) => error);
  const { text } = await monitorOnce(production, {});

  expect(refusal).toMatchObject({ code: "POSTGRES_URL_WITH_PASSWORD", exitCode: 2 });
  expect(String(refusal)).not.toContain("open-sesame");
  expect(text).not.toContain("hush-hush");
});

test.for([
  { given: { json: true }, named: "--json" },
  { given: { over: 3 }, named: "--over" },
  { given: { once: true, prometheus: "9187" }, named: "--prometheus" },
  { given: { prometheus: "nowhere" }, named: "--prometheus" },
  { given: { every: 0 }, named: "--every" },
])("$given is bad input", ({ given, named }) => {
  expect(() => monitorSettingsFor(production, given)).toThrow(named);
});

/** util-linux's: another one is asked in other words. */
const hasTerminal = process.platform === "linux" && existsSync("/usr/bin/script");

test.skipIf(!hasTerminal)(
  "on a terminal Ctrl-C ends it with 0 and leaves the last screen",
  async () => {
    const command = `stty cols 120 rows 60; exec ${process.execPath} scripts/monitor.ts --url ${production.url("m10_monitor")} --every 1`;
    const child = spawn("/usr/bin/script", ["-qec", command, "/dev/null"]);
    let shown = "";
    const exited = new Promise((resolve) => child.on("exit", resolve));
    const drawn = new Promise<void>((resolve) => {
      child.stdout.on("data", (data: Buffer) => {
        shown += data.toString();
        if (shown.includes("Ctrl-C ends it")) resolve();
      });
    });
    using _ = { [Symbol.dispose]: () => void child.kill() };
    await Promise.race([drawn, exited]);
    child.stdin.write("\u0003");

    expect(await exited).toBe(0);
    expect(shown.slice(shown.lastIndexOf("Ctrl-C ends it"))).toContain("m10_outbox_parked_gauge");
  },
);

/** Last, for it breaks every session. */
test("a restart of the server is noted, and rates begin anew", async () => {
  const { server } = production;
  const connect = () =>
    openSession(server.address, {
      database,
      role: "m10_monitor",
      name: "reader",
      settings: readingSettings,
    });
  await using reader = openReader({ connect }, binding, new AbortController().signal);
  const read = async () => {
    const reading = await reader.read();
    if ("unreachable" in reading) throw new Error(reading.unreachable);
    return reading;
  };
  await acquire("one");
  const before = addReading(addReading(openWindow(0), await read()), await read());

  await server.kill();
  const meanwhile = await reader.read();
  await server.start();
  const after = judgeWindow(addReading(before, await read()), about);

  expect(meanwhile).toMatchObject({ unreachable: expect.any(String) });
  expect(after.notes).toEqual([
    expect.stringContaining("counters may have jumped by up to 32 or begun again"),
  ]);
  expect(after.overSeconds).toBeNull();
  expect(after.exitCode).toBe(3);
});

function metric(name: string, more: Partial<MonitorReport["metrics"][number]> = {}) {
  return {
    name,
    help: "",
    group: "g",
    kind: "gauge" as const,
    value: 3,
    perMinute: null,
    above: 2,
    verdict: "trouble" as const,
    says: "too many of them, and a long story about what to do with them all",
    ...more,
  };
}

/** Serves a database as a role sees it, for one scrape. */
async function scraped(role: string) {
  const output = rememberOutput(140);
  const ending = new AbortController();
  const view = { output, height: () => undefined, ended: ending.signal };
  const listening = Promise.withResolvers<string>();
  const told = { ...output, line: (text: string) => listening.resolve(text.split(",")[0] ?? "") };
  const settings = monitorSettingsFor(production, { prometheus: "0" }, role);
  const ended = monitor(settings, { path: "" }, { ...view, output: told });
  const url = await listening.promise;
  const answer = await fetch(url);
  const text = await answer.text();
  const elsewhere = await fetch(url.replace("/metrics", "/"));
  ending.abort();
  return { url, answer, text, elsewhere, exitCode: await ended };
}
