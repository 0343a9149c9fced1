import { exitCodes, productionCommand, runProduction } from "./production-command.ts";

const command = productionCommand(
  "postflight",
  "Says whether what was rehearsed is there, and calls every function in a transaction that is rolled back.",
)
  .option("--app-url <url>", "log in as the application's role to call the functions")
  .option("--app-password-file <file>", "holds the password of --app-url")
  .option("--health <url>", "a health check that must answer well")
  .addHelpText("after", exitCodes);

await runProduction(command, async () => {
  const { postflight } = await import("../harness/production/postflight/postflight.ts");
  const { parseProductionSettings, postflightSettings } =
    await import("../harness/production/settings.ts");
  return {
    parse: (given) => parseProductionSettings(postflightSettings, "postflight", given),
    run: postflight,
  };
});
