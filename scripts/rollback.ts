import { exitCodes, productionCommand, runProduction } from "./production-command.ts";

const command = productionCommand(
  "rollback",
  "Takes the revision back, unless something would be lost that only its tables hold.",
)
  .option("--confirm <database>", "the name of the database, once more")
  .option("--allow-data-loss", "lose what only its tables hold")
  .option("--lock-timeout <ms>", "how long a statement waits for a lock", "50")
  .option("--tries <n>", "how often it is tried where a lock was in the way", "10")
  .option("--patience <s>", "how long the ledger is asked after a lost connection", "60")
  .option("--pause <command>", "run before, such as one that stops workers")
  .option("--resume <command>", "run afterwards, however it went")
  .addHelpText("after", exitCodes);

await runProduction(command, async () => {
  const { rollback } = await import("../harness/production/move/rollback.ts");
  const { parseProductionSettings, rollbackSettings } =
    await import("../harness/production/settings.ts");
  return {
    parse: (given) => parseProductionSettings(rollbackSettings, "rollback", given),
    run: rollback,
  };
});
