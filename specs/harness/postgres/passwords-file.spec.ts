/**
 * Goal: A password is found in a file of many as psql finds it.
 * Method: Texts of such files, and logins that are in them or not.
 */
import { expect, test } from "vitest";
import { passwordFor } from "../../../harness/postgres/passwords-file.ts";

const login = { host: "db.example", port: 5432, database: "shop", role: "guest" };

test.for([
  ["each is named", "db.example:5432:shop:guest:right", "right"],
  ["a star fits all", "*:*:*:guest:right", "right"],
  ["the first that fits counts", "*:*:*:other:no\n*:*:shop:*:right\n*:*:*:*:no", "right"],
  ["a comment is none", "#*:*:*:*:no\n*:*:*:*:right", "right"],
  ["lines of Windows end where they end", "*:*:*:*:right\r\n", "right"],
  [
    "a colon and a backslash stand behind a backslash",
    String.raw`*:*:*:*:a\:b\\c`,
    String.raw`a:b\c`,
  ],
  ["another port is another server", "db.example:5433:shop:guest:no", undefined],
  ["an empty file has none", "", undefined],
] as const)("%s", ([, text, password]) => {
  expect(passwordFor(login, text)).toBe(password);
});

test("a socket's folder and a role with a colon in its name are found as well", () => {
  const text = String.raw`/run/pg:5432:shop:a\:b:right`;

  expect(passwordFor({ ...login, host: "/run/pg", role: "a:b" }, text)).toBe("right");
});
