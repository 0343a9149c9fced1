import { monitor } from "../../../harness/production/monitor/monitor.ts";
import {
  type MonitorSettings,
  monitorSettings,
} from "../../../harness/production/monitor/monitor-settings.ts";
import { parseProductionSettings } from "../../../harness/production/settings.ts";
import { rememberOutput } from "./remember-output.ts";
import { database, type Production } from "./stage-production.ts";

/** What reports of a spec are about. */
export const about = {
  rehearsal: "0",
  database: { name: database, server: "here", version: "18", role: "m10_monitor" },
};

/** As `pnpm monitor` parses what it is given. */
export function monitorSettingsFor(
  production: Production,
  given: object,
  role = "m10_monitor",
): MonitorSettings {
  const all = { url: production.url(role), impliedBindings: "fixtures/m10/binding.ts", ...given };
  return parseProductionSettings(monitorSettings, "monitor", all);
}

/** `pnpm monitor --once`, with a password in the environment that nobody asks for. */
export async function monitorOnce(production: Production, given: object, role?: string) {
  const output = rememberOutput(140);
  const view = { output, height: () => undefined, ended: new AbortController().signal };
  const settings = monitorSettingsFor(production, { once: true, ...given }, role);
  const exitCode = await monitor(settings, { path: "", postgresPassword: "hush-hush" }, view);
  return { exitCode, text: output.noted.join("\n") };
}
