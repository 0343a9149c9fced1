import { readFile } from "node:fs/promises";
import { loginIn } from "../postgres/external.ts";
import { passwordFor } from "../postgres/passwords-file.ts";
import { type ParsedPostgresChoice, parsePostgresChoice } from "../postgres/postgres-choice.ts";
import { type ParsedRedisChoice, parseRedisChoice } from "../redis/choice.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Environment } from "./environment.ts";
import type { ParsedSettings } from "./settings.ts";

/** Which servers to open, with the passwords that go with them. */
export interface Choices {
  readonly postgres: ParsedPostgresChoice;
  readonly redis: ParsedRedisChoice;
}

/**
 * Reads what `--postgres` and `--redis` say. Passwords come from the files that the settings name, else from the
 * environment. Fails as the two parsers do, and with `PASSWORD_NOT_READ`.
 */
export async function readChoices(
  settings: ParsedSettings,
  environment: Environment,
): Promise<Choices> {
  const { external, passwordFile, redisPasswordFile } = settings;
  const postgresPassword = await passwordIn(passwordFile, environment.postgresPassword);
  const redisPassword = await passwordIn(redisPasswordFile, environment.redisPassword);
  const postgres = parsePostgresChoice(settings.postgres, {
    external,
    ...(postgresPassword === undefined ? {} : { password: postgresPassword }),
    ...(environment.postgresImage === undefined ? {} : { image: environment.postgresImage }),
  });
  return {
    postgres: await lookedUp(postgres, environment.postgresPasswordsFile),
    redis: parseRedisChoice(settings.redis, {
      external,
      ...(redisPassword === undefined ? {} : { password: redisPassword }),
      ...(environment.redisImage === undefined ? {} : { image: environment.redisImage }),
    }),
  };
}

/** For a URL whose password nobody told, the one that a file of many has for it, if any. */
async function lookedUp(
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
async function passwordIn(
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
