import { Command } from "commander";
import type { ProductionRecord } from "../harness/report/production-record.ts";
import type { Environment } from "../harness/verify/environment.ts";
import type { Output } from "../harness/verify/output.ts";
import { impliedBindings } from "./implied-bindings.ts";
import { keepCompiled } from "./keep-compiled.ts";
import { runScript } from "./run-script.ts";

const again = (value: string, before: string[] = []): string[] => [...before, value];

/** A command line about a database that matters: the options that all of them have. */
export function productionCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption("--url <url>", "postgres://role@host:port/database, without a password")
    .option("--password-file <file>", "holds the password; else PGPASSWORD or PGPASSFILE")
    .option("--migrations <folder>", "folder of NNN_name.up.sql and .down.sql files", "sql")
    .option("--to <revision>", "the revision (default: the last)")
    .option(
      "--bindings <file>",
      "what is known of the revision (default for sql/: fixtures/m10/binding.ts)",
    )
    .option(
      "--role <label=name>",
      "what a role of the bindings is called there; again and again",
      again,
    )
    .option("--owner <role>", "who owns what migrations make (default: the ledger's owner)")
    .option("--records <folder>", "where the record goes", "report/production")
    .allowExcessArguments(false)
    .exitOverride();
}

/** What exit codes mean, for the end of `--help`. */
export const exitCodes = "\nExit code: 0 go, 1 no go, 2 bad input, 3 cannot tell.";

/** What a command does, and how its options are read. */
export interface ProductionVerb<Settings> {
  readonly parse: (given: unknown) => Settings;
  readonly run: (
    settings: Settings,
    environment: Environment,
    output: Output,
  ) => Promise<ProductionRecord>;
}

/** Runs a command line to its end. The verb is loaded once the options are known to be some. */
export async function runProduction<Settings>(
  command: Command,
  load: () => Promise<ProductionVerb<Settings>>,
): Promise<void> {
  await runScript(async () => {
    command.parse();
    keepCompiled();
    const { parse, run } = await load();
    const { readEnvironment } = await import("../harness/verify/environment.ts");
    const { openOutput } = await import("../harness/verify/output.ts");
    const settings = parse({ ...command.opts(), impliedBindings });
    const record = await run(settings, readEnvironment(), await openOutput(process.stdout));
    return record.exitCode;
  });
}
