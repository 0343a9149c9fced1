import { impliedBindings } from "./implied-bindings.ts";
import { keepCompiled } from "./keep-compiled.ts";
import { productionCommand } from "./production-command.ts";
import { runScript } from "./run-script.ts";

const command = productionCommand(
  "release-lock",
  "Takes a lease from its holder, expired or not, if it is confirmed; needs the owner's role.",
)
  .requiredOption("--name <lock>", "whose lease")
  .option("--confirm <lock>", "the name again; without it nothing is changed")
  .addHelpText("after", "\nExit code: 0 released, 1 not released, 2 bad input, 3 cannot tell.");

await runScript(async () => {
  command.parse();
  keepCompiled();
  const { releaseLock, releaseLockSettings } =
    await import("../harness/production/leases/release-lock.ts");
  const { parseProductionSettings } = await import("../harness/production/settings.ts");
  const { readEnvironment } = await import("../harness/verify/environment.ts");
  const { openOutput } = await import("../harness/verify/output.ts");
  const given = { ...command.opts(), impliedBindings };
  const settings = parseProductionSettings(releaseLockSettings, "release-lock", given);
  const output = await openOutput(process.stdout);
  const record = await releaseLock(settings, readEnvironment(), output);
  return record.exitCode;
});
