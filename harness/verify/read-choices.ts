import { type ParsedPostgresChoice, parsePostgresChoice } from "../postgres/postgres-choice.ts";
import { type ParsedRedisChoice, parseRedisChoice } from "../redis/choice.ts";
import type { Environment } from "./environment.ts";
import { passwordIn, withPassword } from "./read-password.ts";
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
    postgres: await withPassword(postgres, environment.postgresPasswordsFile),
    redis: parseRedisChoice(settings.redis, {
      external,
      ...(redisPassword === undefined ? {} : { password: redisPassword }),
      ...(environment.redisImage === undefined ? {} : { image: environment.redisImage }),
    }),
  };
}
