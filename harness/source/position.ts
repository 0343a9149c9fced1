/** A place in a text as editors show it: both from 1, the column in characters (code points). */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where an offset, counted in UTF-16 units as strings are, stands. */
export function positionAt(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: Array.from(lines.at(-1) ?? "").length + 1 };
}

/** The offset of the character that has `index` characters before it: how PostgreSQL counts in errors, less one. */
export function offsetOfCharacter(text: string, index: number): number {
  let offset = 0;
  for (let passed = 0; passed < index && offset < text.length; passed += 1)
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}

/** Offsets of UTF-8 byte positions, which is how the parser counts. The positions must be ascending. */
export function offsetsOfBytes(text: string, positions: readonly number[]): number[] {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length === text.length) return [...positions];
  let passedBytes = 0;
  let offset = 0;
  return positions.map((position) => {
    offset += bytes.toString("utf8", passedBytes, position).length;
    passedBytes = position;
    return offset;
  });
}
