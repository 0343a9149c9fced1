/**
 * Goal: what the environment says of passwords and images is read, and what is set to nothing is not there.
 * Method: variables are set for one test each, and read.
 */
import { expect, test, vi } from "vitest";
import { readEnvironment } from "../../../harness/verify/environment.ts";

test.each([
  ["PGPASSWORD", "postgresPassword"],
  ["PGPASSFILE", "postgresPasswordsFile"],
  ["REDISCLI_AUTH", "redisPassword"],
  ["REHEARSAL_DOCKER_POSTGRES_IMAGE", "postgresImage"],
  ["REHEARSAL_DOCKER_REDIS_IMAGE", "redisImage"],
] as const)("%s", (variable, name) => {
  vi.stubEnv(variable, "said");
  const said = readEnvironment();
  vi.stubEnv(variable, "");
  const silent = readEnvironment();
  vi.unstubAllEnvs();

  expect(said[name]).toBe("said");
  expect(Object.keys(silent)).not.toContain(name);
});
