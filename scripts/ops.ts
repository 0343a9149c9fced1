import { Command } from "commander";
import { impliedBindings, impliedTitle } from "./implied-bindings.ts";
import { keepCompiled } from "./keep-compiled.ts";
import { runScript } from "./run-script.ts";

const command = new Command("ops")
  .description("Writes alerts.yml for Prometheus and dashboard.json for Grafana from the bindings.")
  .option("--bindings <file>", "whose metrics", impliedBindings)
  .option("--title <text>", "of the dashboard and the group of alerts", impliedTitle)
  .option("--folder <folder>", "where they go", "ops")
  .allowExcessArguments(false)
  .exitOverride();

await runScript(async () => {
  command.parse();
  keepCompiled();
  const { writeOps } = await import("../harness/production/write-ops.ts");
  const { bindings, title, folder } =
    command.opts<Record<"bindings" | "title" | "folder", string>>();
  for (const file of await writeOps({ bindings, title, folder })) console.log(file);
  return 0;
});
