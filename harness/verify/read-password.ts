import { readFile } from "node:fs/promises";
import { loginIn } from "../postgres/external.ts";
import { passwordFor } from "../postgres/passwords-file.ts";
import type { ParsedPostgresChoice } from "../postgres/postgres-choice.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";

/** For a URL whose password nobody told, the one that a file of many has for it, if any. */
export async function withPassword(
  choice: ParsedPostgresChoice,
  file: string | undefined,
): Promise<ParsedPostgresChoice> {
  if (choice.kind !== "external" || choice.password !== undefined || file === undefined)
    return choice;
  const text = await textOf(file, "Name a file as PGPASSFILE that can be read.");
  const password = passwordFor(loginIn(choice.url), text);
  return password === undefined ? choice : { ...choice, password };
}

/** The first line of the file; what an editor adds at its end is no part of a password. */
export async function passwordIn(
  file: string | undefined,
  otherwise: string | undefined,
): Promise<string | undefined> {
  if (file === undefined) return otherwise;
  const text = await textOf(file, "Name a file whose first line is the password.");
  return text.split(/\r?\n/, 1)[0];
}

async function textOf(file: string, remedy: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new RehearsalError(
      "PASSWORD_NOT_READ",
      `The password file ${file} could not be read: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        `Nothing was run. ${remedy}`,
      { cause },
    );
  }
}
