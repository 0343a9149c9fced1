import { impliedBindings } from "./implied-bindings.ts";
import { keepCompiled } from "./keep-compiled.ts";
import { exitCodes, productionCommand } from "./production-command.ts";
import { runScript } from "./run-script.ts";

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

await runScript(async () => {
  command.parse();
  keepCompiled();
  const { rollback } = await import("../harness/production/move/rollback.ts");
  const { parseProductionSettings, rollbackSettings } =
    await import("../harness/production/settings.ts");
  const { readEnvironment } = await import("../harness/verify/environment.ts");
  const { openOutput } = await import("../harness/verify/output.ts");
  const given = { ...command.opts(), impliedBindings };
  const settings = parseProductionSettings(rollbackSettings, "rollback", given);
  const record = await rollback(settings, readEnvironment(), await openOutput(process.stdout));
  return record.exitCode;
});
