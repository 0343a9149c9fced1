import { Command } from "commander";
import { keepCompiled } from "./keep-compiled.ts";
import { runScript } from "./run-script.ts";

const again = (value: string, before: string[] = []): string[] => [...before, value];

const command = new Command("signoff")
  .description("Gathers the records of a revision into pages to sign, or checks such pages again.")
  .option("--migrations <folder>", "folder of NNN_name.up.sql and .down.sql files", "sql")
  .option("--to <revision>", "the revision (default: the last)")
  .option("--records <folder>", "where the records are and the pages go", "report/production")
  .option("--database <name>", "where the records are of several databases")
  .option(
    "--signer <role>",
    "who signs; again and again (default: DBA, Ops Engineer, Tech Lead)",
    again,
  )
  .option("--check", "compare the pages and the records with the JSON file beside them")
  .addHelpText(
    "after",
    "\nExit code: 0 applied and checked since, or the pages are as they were; 1 not so; 2 bad input.",
  )
  .allowExcessArguments(false)
  .exitOverride();

await runScript(async () => {
  command.parse();
  keepCompiled();
  const { signoff } = await import("../harness/production/signoff.ts");
  const { parseProductionSettings, signoffSettings } =
    await import("../harness/production/settings.ts");
  const { openOutput } = await import("../harness/verify/output.ts");
  const settings = parseProductionSettings(signoffSettings, "signoff", command.opts());
  return await signoff(settings, await openOutput(process.stdout));
});
