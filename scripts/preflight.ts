import { exitCodes, productionCommand, runProduction } from "./production-command.ts";

const command = productionCommand(
  "preflight",
  "Looks at a database and says whether the revision may come; changes nothing there.",
)
  .option("--oldest-transaction <s>", "seconds that a transaction may have been open")
  .option("--oldest-lock <s>", "seconds that a lock in the way may have been held")
  .option("--most-lag <bytes>", "how far a replica may be behind")
  .option("--most-slot <bytes>", "how much log a replication slot may keep")
  .option("--backup <folder>", "dump what the migrations made so far into it")
  .option("--redis <url>", "redis://host:port, or none to leave it out")
  .option("--redis-password-file <file>", "holds the password; else REDISCLI_AUTH")
  .addHelpText("after", exitCodes);

await runProduction(command, async () => {
  const { preflight } = await import("../harness/production/preflight/preflight.ts");
  const { parseProductionSettings, preflightSettings } =
    await import("../harness/production/settings.ts");
  return {
    parse: (given) => parseProductionSettings(preflightSettings, "preflight", given),
    run: preflight,
  };
});
