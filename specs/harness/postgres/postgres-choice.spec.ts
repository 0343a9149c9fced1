/**
 * Goal: What a person says of a server is either understood or refused, and a password in it is never repeated.
 * Method: Every spelling that is known, and those that people get wrong, are parsed.
 */
import { expect, test } from "vitest";
import { parsePostgresChoice } from "../../../harness/postgres/postgres-choice.ts";
import { RehearsalError } from "../../../harness/verdict/rehearsal-error.ts";

const socketUrl = "postgres://me@%2Frun%2Fpg/work";

test.for([
  { text: "embedded", choice: { kind: "embedded", major: 18 } },
  { text: "embedded:14", choice: { kind: "embedded", major: 14 } },
  { text: "docker", choice: { kind: "docker", image: "postgres:18" } },
  { text: "docker:mine/pg:17-x", choice: { kind: "docker", image: "mine/pg:17-x" } },
  { text: socketUrl, choice: { kind: "external", url: socketUrl } },
  {
    text: "postgresql://me@host:5433/work?sslmode=require",
    choice: { kind: "external", url: "postgresql://me@host:5433/work?sslmode=require" },
  },
])("$text is understood", ({ text, choice }) => {
  expect(parsePostgresChoice(text, { external: true })).toEqual(choice);
});

test("another image may stand for a bare docker", () => {
  expect(parsePostgresChoice("docker", { external: false, image: "ours" })).toEqual({
    kind: "docker",
    image: "ours",
  });
});

test("a password comes along with a URL", () => {
  expect(parsePostgresChoice(socketUrl, { external: true, password: "secret" })).toEqual({
    kind: "external",
    url: socketUrl,
    password: "secret",
  });
});

test.for([
  { text: "embedded:13", code: "POSTGRES_MAJOR_UNSUPPORTED", says: /14, 15, 16, 17, 18/ },
  { text: "embedded:18.1", code: "POSTGRES_MAJOR_UNSUPPORTED", says: /"18\.1"/ },
  { text: "embedded:", code: "POSTGRES_CHOICE_UNKNOWN", says: /"embedded:"/ },
  { text: "mysql", code: "POSTGRES_CHOICE_UNKNOWN", says: /embedded:<major>/ },
  { text: "postgres:///work", code: "POSTGRES_URL_UNREADABLE", says: /postgres:\/\/user@host/ },
  { text: "postgres://host/work", code: "POSTGRES_URL_UNREADABLE", says: /user@host/ },
])("$text is refused with $code", ({ text, code, says }) => {
  const refusal = refusalOf(text, true);

  expect(refusal).toMatchObject({ code, exitCode: 2, message: expect.stringMatching(says) });
});

test("a URL is refused unless somebody allowed it", () => {
  const refusal = refusalOf(socketUrl, false);

  expect(refusal.code).toBe("POSTGRES_URL_NOT_ALLOWED");
  expect(refusal.message).toContain("--external");
});

test.for([
  { text: "postgres://me:hunter2@host/work", code: "POSTGRES_URL_WITH_PASSWORD" },
  { text: "postgres://me@host/work?password=hunter2", code: "POSTGRES_URL_WITH_PASSWORD" },
  { text: "postgres://me:hunter2@ho st/work", code: "POSTGRES_URL_UNREADABLE" },
  { text: "postgre://me:hunter2@host/work", code: "POSTGRES_CHOICE_UNKNOWN" },
])("a password in $code is not repeated", ({ text, code }) => {
  const refusal = refusalOf(text, false);

  expect(refusal.code).toBe(code);
  expect(refusal.message).not.toContain("hunter2");
});

function refusalOf(text: string, external: boolean): RehearsalError {
  try {
    parsePostgresChoice(text, { external });
  } catch (error) {
    if (error instanceof RehearsalError) return error;
    throw error;
  }
  throw new Error(`${text} was understood.`);
}
