import { readFile } from "node:fs/promises";
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
  return {
    postgres: parsePostgresChoice(settings.postgres, {
      external,
      ...(postgresPassword === undefined ? {} : { password: postgresPassword }),
      ...(environment.postgresImage === undefined ? {} : { image: environment.postgresImage }),
    }),
    redis: parseRedisChoice(settings.redis, {
      external,
      ...(redisPassword === undefined ? {} : { password: redisPassword }),
      ...(environment.redisImage === undefined ? {} : { image: environment.redisImage }),
    }),
  };
}

/** The first line of the file; what an editor adds at its end is no part of a password. */
async function passwordIn(
  file: string | undefined,
  otherwise: string | undefined,
): Promise<string | undefined> {
  if (file === undefined) return otherwise;
  try {
    return (await readFile(file, "utf8")).split(/\r?\n/, 1)[0];
  } catch (cause) {
    throw new RehearsalError(
      "PASSWORD_NOT_READ",
      `The password file ${file} could not be read: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        "Nothing was run. Name a file whose first line is the password.",
      { cause },
    );
  }
}
