import { type CustomTypesConfig, types } from "pg";

const int8 = 20;
const date = 1082;
const timestamp = 1114;
const timestamptz = 1184;

/**
 * How values come off the wire, the same for raw sessions and pools: a bigint is a number while it is exact, and
 * instants stay the server's own text, since a JavaScript `Date` would cut microseconds off.
 */
export const typeParsers: CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (format === "binary") return types.getTypeParser(oid, "binary");
    const type: number = oid;
    if (type === int8) return exactInteger;
    if (type === date || type === timestamp || type === timestamptz) return identity;
    return types.getTypeParser(oid, "text");
  },
};

function exactInteger(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

function identity(text: string): string {
  return text;
}
