import { impliedBindings } from "./implied-bindings.ts";
import { keepCompiled } from "./keep-compiled.ts";
import { exitCodes, productionCommand } from "./production-command.ts";
import { runScript } from "./run-script.ts";

const command = productionCommand(
  "plan",
  "Writes the exact SQL that apply will run into a file, and tells what it locked in rehearsal.",
)
  .option("--file <file>", "where the SQL goes (default: into the folder of the records)")
  .option("--lock-timeout <ms>", "how long a statement waits for a lock", "50")
  .addHelpText("after", exitCodes);

await runScript(async () => {
  command.parse();
  keepCompiled();
  const { plan } = await import("../harness/production/move/plan.ts");
  const { parseProductionSettings, planSettings } =
    await import("../harness/production/settings.ts");
  const { readEnvironment } = await import("../harness/verify/environment.ts");
  const { openOutput } = await import("../harness/verify/output.ts");
  const given = { ...command.opts(), impliedBindings };
  const settings = parseProductionSettings(planSettings, "plan", given);
  const record = await plan(settings, readEnvironment(), await openOutput(process.stdout));
  return record.exitCode;
});
