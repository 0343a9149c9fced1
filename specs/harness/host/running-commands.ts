import { readdir, readFile } from "node:fs/promises";

/** The command lines of all processes that run, words joined by blanks; of one that has ended there is none. */
export async function runningCommands(): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map(commandOf));
  return commands.map((command) => command.replaceAll("\0", " ").trim());
}

async function commandOf(pid: string): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/cmdline`, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ESRCH") return "";
    throw error;
  }
}
