import { impliedBindings } from "./implied-bindings.ts";
import { keepCompiled } from "./keep-compiled.ts";
import { exitCodes, productionCommand } from "./production-command.ts";
import { runScript } from "./run-script.ts";

const command = productionCommand(
  "postflight",
  "Says whether what was rehearsed is there, and calls every function in a transaction that is rolled back.",
)
  .option("--app-url <url>", "log in as the application's role to call the functions")
  .option("--app-password-file <file>", "holds the password of --app-url")
  .option("--health <url>", "a health check that must answer well")
  .addHelpText("after", exitCodes);

await runScript(async () => {
  command.parse();
  keepCompiled();
  const { postflight } = await import("../harness/production/postflight/postflight.ts");
  const { parseProductionSettings, postflightSettings } =
    await import("../harness/production/settings.ts");
  const { readEnvironment } = await import("../harness/verify/environment.ts");
  const { openOutput } = await import("../harness/verify/output.ts");
  const given = { ...command.opts(), impliedBindings };
  const settings = parseProductionSettings(postflightSettings, "postflight", given);
  const record = await postflight(settings, readEnvironment(), await openOutput(process.stdout));
  return record.exitCode;
});
