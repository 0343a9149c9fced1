import { CommanderError } from "commander";
import { RehearsalError } from "../harness/verdict/rehearsal-error.ts";

/**
 * Runs a command line to its end: sets the exit code that it answers, and gives what it could not do one message. Bad
 * input ends with 2, trouble with the machine with 3.
 */
export async function runScript(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    const message = messageOf(error);
    if (message !== "") console.error(message);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof RehearsalError) return error.exitCode;
  // commander ends with 1 on an option that it does not know; 1 is kept for a broken law.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return 3;
}

function messageOf(error: unknown): string {
  if (error instanceof RehearsalError) return error.message;
  // commander has written its own already.
  if (error instanceof CommanderError) return "";
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
