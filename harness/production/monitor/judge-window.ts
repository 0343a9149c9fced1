import {
  exitCodeOfWatch,
  type MonitorReport,
  overallOfWatch,
} from "../../report/monitor-report.ts";
import type { Reading, Told } from "./reading.ts";
import { rateOf, secondsOf, type Window } from "./window.ts";

/** Judges the last reading of a window, which holds one at least, by the thresholds. */
export function judgeWindow(
  window: Window,
  about: Pick<MonitorReport, "rehearsal" | "database">,
): MonitorReport {
  const reading = window.readings.at(-1);
  if (reading === undefined) throw new Error("a window without a reading cannot be judged");
  const metrics = reading.metrics.map((each) => judgeMetric(each, window));
  const views = reading.views.map(judgeView);
  const verdict = overallOfWatch([...metrics, ...views].map((each) => each.verdict));
  return {
    ...about,
    at: new Date(reading.at * 1000).toISOString(),
    serverStartedAt: new Date(reading.startedAt * 1000).toISOString(),
    overSeconds: secondsOf(window) ?? null,
    metrics,
    views,
    notes: window.notes,
    verdict,
    exitCode: exitCodeOfWatch[verdict],
  };
}

function judgeMetric(
  { metric, told }: Reading["metrics"][number],
  window: Window,
): MonitorReport["metrics"][number] {
  const { name, help, group, kind, unit, alert } = metric;
  const rate = kind === "counter" && told.known ? rateOf(window, name) : undefined;
  const judged = rate ?? told;
  return {
    name,
    help,
    group,
    kind,
    ...(unit === undefined ? {} : { unit }),
    value: told.known ? told.value : null,
    perMinute: rate?.known === true ? rate.value : null,
    above: alert?.above ?? null,
    ...verdictOf(told, judged, alert),
  };
}

function verdictOf(
  told: Told<number>,
  judged: Told<number>,
  alert: Reading["metrics"][number]["metric"]["alert"],
): Pick<MonitorReport["metrics"][number], "verdict" | "says"> {
  if (!told.known) return { verdict: "unknown", says: told.reason };
  if (alert === undefined) return { verdict: "noted", says: "" };
  if (!judged.known) return { verdict: "unknown", says: judged.reason };
  return judged.value > alert.above
    ? { verdict: "trouble", says: alert.summary }
    : { verdict: "quiet", says: "" };
}

function judgeView({
  view: { title, isTrouble = false },
  told,
}: Reading["views"][number]): MonitorReport["views"][number] {
  if (!told.known) return { title, isTrouble, rows: null, verdict: "unknown", says: told.reason };
  const quiet = isTrouble ? "quiet" : "noted";
  const verdict = isTrouble && told.value.length > 0 ? "trouble" : quiet;
  return { title, isTrouble, rows: told.value, verdict, says: "" };
}
