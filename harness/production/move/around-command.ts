import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { type Finding, go, noGo } from "../finding.ts";

/** Runs a team's own command in a shell, such as one that stops its workers, and says how it ended. */
export async function runCommand(command: string): Promise<Finding> {
  // In a group of its own: a signal that ends this must not end what resumes a team's workers.
  const child = spawn(command, { shell: true, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<string>((settle, fail) => {
    child.once("error", fail).once("close", (code, signal) => settle(String(code ?? signal)));
  });
  const [stdout, stderr, how] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const said = `${stdout}${stderr}`
    .trimEnd()
    .split("\n")
    .slice(-mostLines)
    .filter((line) => line !== "");
  return how === "0"
    ? go(`"${command}" ended well`, said)
    : noGo(`"${command}" ended with ${how}`, said);
}

/** Of what a command printed, for the record. */
const mostLines = 20;
