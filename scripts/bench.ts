import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { measureNames } from "../harness/bench/measures.ts";
import { impliedBindings } from "./implied-bindings.ts";
import { keepCompiled } from "./keep-compiled.ts";
import { runScript } from "./run-script.ts";

const again = (value: string, before: string[] = []): string[] => [...before, value];

const command = new Command("bench")
  .description("Measures servers, clones, laws and whole runs, and prints the medians of one run.")
  .option("--only <name>", `one of ${measureNames.join(", ")}; again and again`, again)
  .option("--runs <n>", "how often each is measured (default: as many as it needs to be steady)")
  .addHelpText(
    "after",
    "\nExit code: 0 all was measured, whether or not aims are met, 2 bad input, 3 something could not be measured.",
  )
  .allowExcessArguments(false)
  .exitOverride();

await runScript(async () => {
  command.parse();
  keepCompiled();
  const { bench } = await import("../harness/bench/bench.ts");
  const { parseBenchSettings } = await import("../harness/bench/settings.ts");
  const { readEnvironment } = await import("../harness/verify/environment.ts");
  const workbench = {
    environment: readEnvironment(),
    impliedBindings,
    verifyScript: fileURLToPath(new URL("verify.ts", import.meta.url)),
  };
  const complete = await bench(parseBenchSettings(command.opts()), workbench, (line) => {
    console.log(line);
  });
  return complete ? 0 : 3;
});
