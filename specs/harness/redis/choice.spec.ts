/**
 * Goal: What a person says of a Redis is either understood or refused, and a password in it is never repeated.
 * Method: Every spelling that is known, and those that people get wrong, are parsed.
 */
import { expect, test } from "vitest";
import { parseRedisChoice } from "../../../harness/redis/choice.ts";
import { RehearsalError } from "../../../harness/verdict/rehearsal-error.ts";

test.for([
  { text: "auto", choice: { kind: "auto", image: "redis:8" } },
  { text: "local", choice: { kind: "local" } },
  { text: "packages", choice: { kind: "packages" } },
  { text: "none", choice: { kind: "none" } },
  { text: "docker", choice: { kind: "docker", image: "redis:8" } },
  { text: "docker:valkey/valkey:9", choice: { kind: "docker", image: "valkey/valkey:9" } },
  { text: "redis://host:6380/2", choice: { kind: "external", url: "redis://host:6380/2" } },
  { text: "unix:///run/redis.sock", choice: { kind: "external", url: "unix:///run/redis.sock" } },
])("$text is understood", ({ text, choice }) => {
  expect(parseRedisChoice(text, { external: true })).toEqual(choice);
});

test("a password comes along with a URL, and another image may stand for docker", () => {
  const options = { external: true, password: "secret", image: "ours" };

  expect(parseRedisChoice("rediss://host", options)).toMatchObject({ password: "secret" });
  expect(parseRedisChoice("docker", options)).toEqual({ kind: "docker", image: "ours" });
});

test.for([
  { text: "memcached", code: "REDIS_CHOICE_UNKNOWN", says: "redis:// URL" },
  { text: "docker:", code: "REDIS_CHOICE_UNKNOWN", says: "docker:<image>" },
  { text: "redis://host", code: "REDIS_URL_NOT_ALLOWED", says: "--external" },
  { text: "redis://me:hunter2@host", code: "REDIS_URL_WITH_PASSWORD", says: "REDISCLI_AUTH" },
  { text: "unix:///s?password=hunter2", code: "REDIS_URL_WITH_PASSWORD", says: "REDISCLI_AUTH" },
  { text: "redis://:hunter2@ho st", code: "REDIS_URL_UNREADABLE", says: "redis://host:port" },
  { text: "redi://:hunter2@host", code: "REDIS_CHOICE_UNKNOWN", says: "auto" },
])("$text is refused, and no password repeated", ({ text, code, says }) => {
  const refusal = refusalOf(text);

  expect(refusal).toMatchObject({ code, exitCode: 2, message: expect.stringContaining(says) });
  expect(refusal.message).not.toContain("hunter2");
});

function refusalOf(text: string): RehearsalError {
  try {
    parseRedisChoice(text, { external: false });
  } catch (error) {
    if (error instanceof RehearsalError) return error;
    throw error;
  }
  throw new Error(`${text} was understood.`);
}
