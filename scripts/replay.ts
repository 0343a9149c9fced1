import { Command } from "commander";
import type { Settings } from "../harness/verify/settings.ts";
import { impliedBindings } from "./implied-bindings.ts";
import { keepCompiled } from "./keep-compiled.ts";
import { runScript } from "./run-script.ts";

const command = new Command("replay")
  .description("Runs one schedule that broke a law again, and says whether it still does.")
  .argument("<schedule.json>", "written by pnpm verify into report/witnesses/<law>/")
  .option("--migrations <folder>", "other migrations than those that it was found on")
  .option("--to <revision>", "another revision")
  .option("--bindings <file>", "other bindings")
  .option("--app-role <name>", "exact name of the role that calls the functions")
  .option("--postgres <server>", "another server: embedded[:14-18], docker[:image] or postgres://…")
  .option("--password-file <file>", "holds the password of a postgres:// URL")
  .option("--external", "allow a postgres:// URL; only own databases and roles are touched")
  .addHelpText(
    "after",
    "\nExit code: 0 it goes well now, 1 it goes wrong again, 2 bad input, 3 it can no longer be followed.",
  )
  .allowExcessArguments(false)
  .exitOverride();

await runScript(async () => {
  command.parse();
  keepCompiled();
  const { readEnvironment } = await import("../harness/verify/environment.ts");
  const { openOutput } = await import("../harness/verify/output.ts");
  const { replay } = await import("../harness/verify/replay.ts");
  const [file = ""] = command.args;
  const settings = { ...command.opts<Settings>(), impliedBindings };
  return await replay(file, settings, readEnvironment(), await openOutput(process.stdout));
});
