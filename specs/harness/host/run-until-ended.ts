/** A process of its own for specs: has a run with a server that sleeps, tells of both, and waits to be ended. */
import { join } from "node:path";
import { endWithParent } from "../../../harness/host/end-with-parent.ts";
import { createRunFolder } from "../../../harness/host/run-folder.ts";
import { startServerProcess } from "../../../harness/host/start-process.ts";

const run = await createRunFolder();
endWithParent(run);
const logFile = join(run.path, "log");
const { pid, startedAt } = await startServerProcess(run, "sleep", ["600"], { logFile });
process.stdout.write(
  `${JSON.stringify({ self: process.pid, run: run.path, server: { pid, startedAt } })}\n`,
);
// Something that keeps the process: what it was started for.
setInterval(() => {}, 60_000);
