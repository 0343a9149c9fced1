import { readdir } from "node:fs/promises";
import { findDockerEngine, loadTestcontainers } from "../../../harness/host/docker.ts";
import { runningCommands } from "../host/running-commands.ts";
import type { RunFolder } from "../../../harness/host/run-folder.ts";

/** What a run has left on this machine but for its own empty folder: files, processes and containers. */
export async function leftoversOf(run: RunFolder): Promise<readonly string[]> {
  const files = await namesIn(run.path);
  return [
    ...files.filter((name) => name !== "entries" && name !== "owner.json"),
    ...(await processesOf(run.path)),
    ...(await containersOf(run)),
  ];
}

async function processesOf(folder: string): Promise<string[]> {
  return (await runningCommands()).filter((command) => command.includes(folder));
}

async function containersOf(run: RunFolder): Promise<string[]> {
  if ((await findDockerEngine()).kind === "unreachable") return [];
  const { getContainerRuntimeClient } = await loadTestcontainers();
  const { container } = await getContainerRuntimeClient();
  const all = await container.dockerode.listContainers({ all: true });
  return all.flatMap(({ Names }) => Names).filter((name) => name.includes(run.runId));
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  });
}
