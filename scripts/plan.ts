import { exitCodes, productionCommand, runProduction } from "./production-command.ts";

const command = productionCommand(
  "plan",
  "Writes the exact SQL that apply will run into a file, and tells what it locked in rehearsal.",
)
  .option("--file <file>", "where the SQL goes (default: into the folder of the records)")
  .option("--lock-timeout <ms>", "how long a statement waits for a lock", "50")
  .addHelpText("after", exitCodes);

await runProduction(command, async () => {
  const { plan } = await import("../harness/production/move/plan.ts");
  const { parseProductionSettings, planSettings } =
    await import("../harness/production/settings.ts");
  return {
    parse: (given) => parseProductionSettings(planSettings, "plan", given),
    run: plan,
  };
});
