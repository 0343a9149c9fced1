/**
 * Goal: What the server said is told apart from anything else that can be thrown.
 * Method: Errors as the driver throws them, and others.
 */
import { expect, test } from "vitest";
import { endsSession, readServerError } from "../../../harness/source/server-error.ts";

const refusal = { severity: "ERROR", code: "42P01", message: "no such table", position: "15" };

test("reads the server's words, with places as numbers", () => {
  expect(readServerError(refusal)).toEqual({
    severity: "ERROR",
    sqlstate: "42P01",
    message: "no such table",
    position: 15,
  });
});

test.each([
  ["a lost connection", Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })],
  ["an error of this program", new TypeError("no")],
  ["nothing", undefined],
])("takes %s for no word of the server", (_, thrown) => {
  expect(readServerError(thrown)).toBeUndefined();
});

test.each([
  ["ERROR", false],
  ["FATAL", true],
  ["PANIC", true],
])("knows whether %s ends the session", (severity, ends) => {
  expect(endsSession({ severity, sqlstate: "57P01", message: "no" })).toBe(ends);
});
