/**
 * Goal: Bytes that are not UTF-8 are found at their first byte, and a byte order mark does no harm.
 * Method: Sequences that are cut short, overlong, of another encoding.
 */
import { expect, test } from "vitest";
import { decodeUtf8 } from "../../../harness/source/decode-utf8.ts";

test("decodes characters of one to four bytes", () => {
  expect(decodeUtf8(Buffer.from("aü€😀"))).toEqual({ kind: "text", text: "aü€😀" });
});

test("leaves out a byte order mark", () => {
  expect(decodeUtf8(Buffer.from("\uFEFFselect 1"))).toEqual({ kind: "text", text: "select 1" });
});

test.each([
  ["Latin-1", Buffer.from("select 'ü'", "latin1"), 8],
  ["a character cut short", Buffer.from([0x61, 0xe2, 0x82, 0x62]), 1],
  ["a character cut short at the end", Buffer.from([0x61, 0xc3, 0xbc, 0xf0, 0x9f]), 3],
  ["an overlong form", Buffer.from([0xc3, 0xbc, 0xc0, 0xaf]), 2],
  ["a surrogate", Buffer.from([0x61, 0x62, 0xed, 0xa0, 0x80]), 2],
  ["UTF-16", Buffer.from("\uFEFFselect", "utf16le"), 0],
])("names the byte where %s begins", (_, bytes, byteOffset) => {
  expect(decodeUtf8(bytes)).toEqual({ kind: "invalid", byteOffset });
});
