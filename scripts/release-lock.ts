import { productionCommand, runProduction } from "./production-command.ts";

const command = productionCommand(
  "release-lock",
  "Takes a lease from its holder, expired or not, if it is confirmed; needs the owner's role.",
)
  .requiredOption("--name <lock>", "whose lease")
  .option("--confirm <lock>", "the name again; without it nothing is changed")
  .addHelpText("after", "\nExit code: 0 released, 1 not released, 2 bad input, 3 cannot tell.");

await runProduction(command, async () => {
  const { releaseLock, releaseLockSettings } =
    await import("../harness/production/leases/release-lock.ts");
  const { parseProductionSettings } = await import("../harness/production/settings.ts");
  return {
    parse: (given) => parseProductionSettings(releaseLockSettings, "release-lock", given),
    run: releaseLock,
  };
});
