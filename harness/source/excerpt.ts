import { positionAt } from "./position.ts";

/** How many characters of a line are shown at most. */
const maxCharacters = 100;

/**
 * The line of `offset` under its number, and a caret below the character:
 *
 * ```
 *   12 | select nothing from nowhere;
 *      |        ^
 * ```
 *
 * A long line is cut round the caret, which stays aligned under tabs and wide characters.
 */
export function excerpt(text: string, offset: number): string {
  const at = Math.min(offset, text.trimEnd().length);
  const { line, column } = positionAt(text, at);
  const shown = windowed(Array.from(lineAt(text, line), visible), column - 1);
  const margin = String(line).padStart(4);
  const pad = shown.characters.slice(0, shown.caret).map(blankOf).join("");
  return `${margin} | ${shown.characters.join("")}\n${" ".repeat(margin.length)} | ${pad}^`;
}

function lineAt(text: string, line: number): string {
  return (text.split("\n")[line - 1] ?? "").trimEnd();
}

/** A control character of a file must not reach a terminal. */
function visible(character: string): string {
  return character !== "\t" && /\p{Cc}/u.test(character) ? "\uFFFD" : character;
}

interface Window {
  readonly characters: readonly string[];
  readonly caret: number;
}

function windowed(characters: readonly string[], caret: number): Window {
  if (characters.length <= maxCharacters) return { characters, caret };
  const latest = characters.length - maxCharacters;
  const from = Math.max(0, Math.min(caret - maxCharacters / 2, latest));
  const to = from + maxCharacters;
  const before = from > 0 ? ["…"] : [];
  const after = to < characters.length ? ["…"] : [];
  return {
    characters: [...before, ...characters.slice(from, to), ...after],
    caret: caret - from + before.length,
  };
}

/** As wide as the character is on a terminal. */
function blankOf(character: string): string {
  if (character === "\t") return "\t";
  if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) return "";
  return wide.test(character) ? "  " : " ";
}

const wide =
  /[\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
