/**
 * Goal: An error is located where a person must look, whatever the server says of its place.
 * Method: What a server says, written down here; real servers are asked in the specs of migrations.
 */
import { expect, test } from "vitest";
import { locateError, type SentText } from "../../../harness/source/locate-error.ts";
import type { ServerError } from "../../../harness/source/server-error.ts";

/** Where the text begins in its file. */
const start = 100;

test("points at the character that the server names, behind wide ones", () => {
  const text = "select '😀', nothing";

  const offset = locateError(sent(text), error({ position: characterOf(text, "nothing") }));

  expect(offset).toBe(start + text.indexOf("nothing"));
});

test("points behind the last word when the server points behind the end", () => {
  const text = "select (1\n\n";

  expect(locateError(sent(text), error({ position: 11 }))).toBe(start + "select (1".length);
});

test("points at the statement when the server names no place", () => {
  expect(locateError(sent("create schema public"), error({}))).toBe(start);
});

test("points nowhere when it could be any of several statements", () => {
  const several = { ...sent("select 1; select 2"), isStatement: false };

  expect(locateError(several, error({}))).toBeUndefined();
});

test.each([
  "PL/pgSQL function inline_code_block line 3 at RAISE",
  "PL/pgSQL-Funktion inline_code_block Zeile 3 bei RAISE",
])("points at the line of a block that was running: %s", (where) => {
  const text = "do $$\nbegin\n  raise exception 'no';\nend $$";

  expect(locateError(sent(text), error({ where }))).toBe(start + text.indexOf("raise"));
});

test("points at the call of the block when the error is in a function that it called", () => {
  const text = "do $$ begin\n  perform f();\nend $$";
  const where =
    'PL/pgSQL function f() line 7 at RAISE\nSQL statement "SELECT f()"\n' +
    "PL/pgSQL function inline_code_block line 2 at PERFORM";

  expect(locateError(sent(text), error({ where }))).toBe(start + text.indexOf("perform"));
});

test("points into the statement of a block, whose into the server has blanked out", () => {
  const text = "do $$ begin\n  select 1 into x from t where nothing;\nend $$";
  const internalQuery = "select 1        from t where nothing";

  const offset = locateError(
    sent(text),
    error({
      where: "PL/pgSQL function inline_code_block line 2 at SQL statement",
      internalQuery,
      internalPosition: characterOf(internalQuery, "nothing"),
    }),
  );

  expect(offset).toBe(start + text.indexOf("nothing"));
});

function sent(text: string): SentText {
  return { text, start, isStatement: true };
}

function error(details: Partial<ServerError>): ServerError {
  return { severity: "ERROR", sqlstate: "42703", message: "no", ...details };
}

/** From 1, as the server counts. */
function characterOf(text: string, word: string): number {
  return Array.from(text.slice(0, text.indexOf(word))).length + 1;
}
