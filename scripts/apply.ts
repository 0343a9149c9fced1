import { exitCodes, productionCommand, runProduction } from "./production-command.ts";

const command = productionCommand(
  "apply",
  "Brings a database to the revision, if it was rehearsed and looked over.",
)
  .option("--confirm <database>", "the name of the database, once more")
  .option("--rehearsal <file>", "report of the rehearsal", "report/verify.json")
  .option("--without-rehearsal <why>", "go without a rehearsal, for this reason")
  .option("--lock-timeout <ms>", "how long a statement waits for a lock", "50")
  .option("--tries <n>", "how often it is tried where a lock was in the way", "10")
  .option("--patience <s>", "how long the ledger is asked after a lost connection", "60")
  .option("--pause <command>", "run before, such as one that stops workers")
  .option("--resume <command>", "run afterwards, however it went")
  .addHelpText("after", exitCodes);

await runProduction(command, async () => {
  const { apply } = await import("../harness/production/move/apply.ts");
  const { parseProductionSettings, applySettings } =
    await import("../harness/production/settings.ts");
  return {
    parse: (given) => parseProductionSettings(applySettings, "apply", given),
    run: apply,
  };
});
