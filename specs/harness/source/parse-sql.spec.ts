/**
 * Goal: A text is taken apart into the statements that the server would see, each where it really stands.
 * Method: Texts with what breaks splitting by semicolon, and with characters of two, three and four bytes before.
 */
import { expect, test } from "vitest";
import { parseSql, tokensOf } from "../../../harness/source/parse-sql.ts";

test.each([
  ["semicolons in strings", "select ';'; select $$;$$; select U&'\\003b'", 3],
  ["semicolons in comments", "/* ; /* ; */ */ select 1 -- ;\n;", 1],
  ["semicolons in a do block", "do $x$ begin perform 1; perform 2; end $x$;", 1],
  [
    "semicolons in a body that begins atomic",
    "create function f() returns int language sql begin atomic; select 1; end; select 2;",
    2,
  ],
  ["empty statements", ";;; select 1;;", 1],
  ["comments only", "-- nothing\n/* here */\n", 0],
  ["nothing", "", 0],
])("counts the statements of a text with %s", (_, text, count) => {
  const parsed = parseSql(text);

  expect(parsed.kind === "statements" && parsed.statements.length).toBe(count);
});

test("cuts statements out exactly, whatever stands before them", () => {
  const text = "-- Größe 😀 €\r\nselect 'ü😀' ;\r\n\r\n/* 漢 */ select 'end'  -- done\n";

  const parsed = parseSql(text);

  const statements = parsed.kind === "statements" ? parsed.statements : [];
  expect(statements.map((statement) => statement.text)).toEqual([
    "select 'ü😀'",
    "select 'end'  -- done",
  ]);
  expect(statements.map(({ start, end }) => text.slice(start, end))).toEqual(
    statements.map((statement) => statement.text),
  );
});

test("points at the character that it stumbles over", () => {
  const text = "select '😀ü';\nselect 'ä' frm, from nowhere;";

  expect(parseSql(text)).toEqual({
    kind: "refused",
    message: 'syntax error at or near "from"',
    offset: text.indexOf("from"),
  });
});

test("finds comments and strings where they stand", () => {
  const text = "select 'ü\t\\\u0001\u0085', $😀$\n$😀$; -- 漢\r\n-- end";

  const tokens = tokensOf(text).filter(({ name }) => name === "SQL_COMMENT" || name === "SCONST");

  expect(tokens.map((token) => token.text)).toEqual([
    "'ü\t\\\u0001\u0085'",
    "$😀$\n$😀$",
    "-- 漢",
    "-- end",
  ]);
  expect(tokens.every((token) => text.startsWith(token.text, token.start))).toBe(true);
});

test("finds no token in a text with an open string", () => {
  expect(tokensOf("select 'open")).toEqual([]);
});
