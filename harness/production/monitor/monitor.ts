import type { MonitorReport } from "../../report/monitor-report.ts";
import { renderMonitor } from "../../report/render-monitor.ts";
import { RehearsalError } from "../../verdict/rehearsal-error.ts";
import type { Environment } from "../../verify/environment.ts";
import type { Output } from "../../verify/output.ts";
import { toolVersion } from "../../verify/tool-version.ts";
import { type Errand, readErrand } from "../errand.ts";
import { judgeWindow } from "./judge-window.ts";
import type { ListenAddress, MonitorSettings } from "./monitor-settings.ts";
import { openReader, type Reader } from "./reader.ts";
import { renderExposition } from "./render-metrics.ts";
import { serveMetrics } from "./serve-metrics.ts";
import { pause, watch, type Watched } from "./watch.ts";
import { addReading, openWindow } from "./window.ts";

/** Where the monitor is shown, and until when. */
export interface MonitorView {
  readonly output: Output;
  /** Lines of the terminal now; nothing where there is none. */
  readonly height: () => number | undefined;
  readonly ended: AbortSignal;
}

/**
 * The whole of `pnpm monitor`: reads, judges by the thresholds, and shows it once, again and again, or to Prometheus.
 * Answers the exit code: of one reading what it came to, otherwise 0 once it is ended.
 */
export async function monitor(
  settings: MonitorSettings,
  environment: Environment,
  view: MonitorView,
): Promise<number> {
  const errand = await readErrand(settings, environment);
  const about = await aboutOf(errand);
  await using reader = openReader(errand.target, watchedOf(errand), view.ended);
  if (settings.once) return await showOnce(reader, settings, about, view);
  if (settings.prometheus !== undefined)
    return await serve(reader, settings.prometheus, settings.every, about, view);
  await showAgain(reader, settings.every, about, view);
  return 0;
}

type About = Pick<MonitorReport, "rehearsal" | "database">;

async function showOnce(
  reader: Reader,
  { over, json }: MonitorSettings,
  about: About,
  { output, ended }: MonitorView,
): Promise<number> {
  let window = addReading(openWindow(0), await demandReading(reader));
  if (over !== undefined) {
    await pause(over * 1000, ended);
    if (ended.aborted) throw interrupted();
    window = addReading(window, await demandReading(reader));
  }
  const report = judgeWindow(window, about);
  if (json) output.line(JSON.stringify(report, null, 2));
  else
    for (const line of renderMonitor(report, output.palette, {
      width: output.width(),
      height: Infinity,
    }))
      output.line(line);
  return report.exitCode;
}

function interrupted(): RehearsalError {
  return new RehearsalError(
    "INTERRUPTED",
    "Ended before the second reading: rates cannot be told.",
    {
      exitCode: 3,
    },
  );
}

async function demandReading(reader: Reader) {
  const reading = await reader.read();
  if (!("unreachable" in reading)) return reading;
  throw new RehearsalError(
    "SERVER_LOST",
    `The server could not be reached: ${reading.unreachable}. Nothing can be told. Try again when it is there.`,
    { exitCode: 3 },
  );
}

/** The last screen is left behind. */
async function showAgain(
  reader: Reader,
  every: number,
  about: About,
  { output, height, ended }: MonitorView,
): Promise<void> {
  let last: readonly string[] = [];
  await watch(reader, every, ended, (watched) => {
    const room = height();
    const render = (lines: number): readonly string[] =>
      renderWatched(watched, about, output, lines);
    last = render(Infinity);
    if (room === undefined) for (const line of [...last, ""]) output.line(line);
    else
      output.progress(
        [...render(room - 2), output.palette.faint(`every ${every} s, Ctrl-C ends it`)].join("\n"),
      );
  });
  if (height() === undefined) return;
  output.progress("");
  for (const line of last) output.line(line);
}

function renderWatched(
  { window, unreachable }: Watched,
  about: About,
  output: Output,
  height: number,
): readonly string[] {
  const lost =
    unreachable === undefined
      ? []
      : [output.palette.bad(`✗ the server cannot be reached: ${unreachable}; trying again`)];
  if (window.readings.length === 0) return lost;
  const screen = { width: output.width(), height: height - lost.length };
  return [...lost, ...renderMonitor(judgeWindow(window, about), output.palette, screen)];
}

/** A scrape before the first reading waits for it. */
async function serve(
  reader: Reader,
  address: ListenAddress,
  every: number,
  about: About,
  { output, ended }: MonitorView,
): Promise<number> {
  const first = Promise.withResolvers<void>();
  let latest: { readonly report: MonitorReport; readonly until: number } | undefined;
  await using server = await serveMetrics(address, async () => {
    await first.promise;
    // A reading that hangs must not look like the state of things.
    const isLate = latest !== undefined && performance.now() > latest.until;
    return await renderExposition(isLate ? undefined : latest?.report);
  });
  output.line(`${server.url}, read every ${every} s`);
  await watch(reader, every, ended, ({ window, unreachable }) => {
    const until = performance.now() + (every + patience) * 1000;
    latest = unreachable === undefined ? { report: judgeWindow(window, about), until } : undefined;
    first.resolve();
  });
  return 0;
}

/** Seconds that a reading may be late. */
const patience = 30;

async function aboutOf({ target }: Errand): Promise<About> {
  const { host, port, version } = target.address;
  return {
    rehearsal: await toolVersion(),
    database: {
      name: target.database,
      server: host.startsWith("/") ? host : `${host}:${port}`,
      version,
      role: target.role,
    },
  };
}

function watchedOf({ production, folder }: Errand) {
  if (production !== undefined && production.metrics.length + production.views.length > 0)
    return production;
  throw new RehearsalError(
    "NOTHING_TO_WATCH",
    `The bindings of ${folder} say nothing of what to watch. Nothing was read. Export "production" with metrics and views from a bindings file, and name it with --bindings.`,
  );
}
