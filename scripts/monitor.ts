import { impliedBindings } from "./implied-bindings.ts";
import { keepCompiled } from "./keep-compiled.ts";
import { productionCommand } from "./production-command.ts";
import { runScript } from "./run-script.ts";

const command = productionCommand(
  "monitor",
  "Watches a database by the thresholds of the bindings; changes nothing there.",
)
  .option("--every <s>", "seconds between two readings", "5")
  .option("--once", "read, show and end")
  .option("--json", "with --once: as JSON, by harness/report/monitor.schema.json")
  .option("--over <s>", "with --once: read twice, so many seconds apart, for rates")
  .option("--prometheus <[host:]port>", "serve /metrics there instead (host: 127.0.0.1)")
  .addHelpText(
    "after",
    "\nExit code of --once: 0 nothing to see, 1 a threshold is passed or there is trouble, 2 bad input, 3 cannot tell.\n" +
      "Rates need two readings: without --over they cannot be told. Ctrl-C ends the others with 0.",
  );

await runScript(async () => {
  command.parse();
  keepCompiled();
  const { monitor } = await import("../harness/production/monitor/monitor.ts");
  const { listenForEnd } = await import("../harness/production/monitor/listen-for-end.ts");
  const { monitorSettings } = await import("../harness/production/monitor/monitor-settings.ts");
  const { parseProductionSettings } = await import("../harness/production/settings.ts");
  const { readEnvironment } = await import("../harness/verify/environment.ts");
  const { openOutput } = await import("../harness/verify/output.ts");
  const given = { ...command.opts(), impliedBindings };
  const settings = parseProductionSettings(monitorSettings, "monitor", given);
  using end = listenForEnd();
  return await monitor(settings, readEnvironment(), {
    output: await openOutput(process.stdout),
    height: () => (process.stdout.isTTY ? process.stdout.rows || 24 : undefined),
    ended: end.signal,
  });
});
