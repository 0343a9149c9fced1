import { Command, Option } from "commander";
import { efforts } from "../harness/verdict/effort.ts";
import type { Settings } from "../harness/verify/settings.ts";
import { impliedBindings } from "./implied-bindings.ts";
import { keepCompiled } from "./keep-compiled.ts";
import { runScript } from "./run-script.ts";

const again = (value: string, before: string[] = []): string[] => [...before, value];

const command = new Command("verify")
  .description("Rehearses migrations on throwaway servers and says, law by law, what holds.")
  .option("--migrations <folder>", "folder of NNN_name.up.sql and .down.sql files", "sql")
  .option("--to <revision>", "the revision under test (default: the last)")
  .option(
    "--bindings <file>",
    "which functions play which part (default for sql/: fixtures/m10/binding.ts)",
  )
  .option("--app-role <name>", "exact name of the role that calls the functions")
  .option("--postgres <server>", "embedded[:14-18], docker[:image] or postgres://…", "embedded")
  .option("--redis <server>", "auto, local, docker[:image], packages, none or redis://…", "auto")
  .option("--password-file <file>", "holds the password of a postgres:// URL")
  .option("--redis-password-file <file>", "holds the password of a redis:// URL")
  .addOption(new Option("--effort <effort>", "how much to try").choices(efforts).default("default"))
  .option("--seed <n>", "makes the run repeatable (default: a new one each time)")
  .option("--law <id>", "only this law, or a glob such as 'lock.*'; again and again", again)
  .option("--report <folder>", "where verify.json and junit.xml go", "report")
  .option("--keep", "keep the database of a broken law and print its URL")
  .option("--external", "allow a postgres:// URL; only own databases and roles are touched")
  .addHelpText(
    "after",
    "\nExit code: 0 all laws hold, 1 a law is broken, 2 bad input, 3 a law is unknown or was not run.",
  )
  .allowExcessArguments(false)
  .exitOverride();

await runScript(async () => {
  command.parse();
  keepCompiled();
  const { readEnvironment } = await import("../harness/verify/environment.ts");
  const { openOutput } = await import("../harness/verify/output.ts");
  const { parseSettings } = await import("../harness/verify/settings.ts");
  const { verify } = await import("../harness/verify/verify.ts");
  const settings = parseSettings({ ...command.opts<Settings>(), impliedBindings });
  const report = await verify(settings, readEnvironment(), await openOutput(process.stdout));
  return report.exitCode;
});
