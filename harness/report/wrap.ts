/**
 * Breaks a text into lines of at most `width` characters, at blanks; a word that is longer stays whole, so that names
 * and commands can be copied. Line breaks of the text stay.
 */
export function wrap(text: string, width: number): readonly string[] {
  return text.split("\n").flatMap((line) => wrapLine(line, width));
}

/** The same behind a label: further lines begin under the first one's text. */
export function wrapBehind(label: string, text: string, width: number): string {
  const [first = "", ...others] = wrap(text, Math.max(width - label.length, narrowest));
  const indent = " ".repeat(label.length);
  return [`${label}${first}`, ...others.map((line) => indent + line)]
    .map((line) => line.trimEnd())
    .join("\n");
}

/** However narrow the terminal: a column of single words helps nobody. */
const narrowest = 30;

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let current: string | undefined;
  for (const word of line.split(" ")) {
    if (current === undefined) current = word;
    else if (current.length + 1 + word.length <= width) current += ` ${word}`;
    else {
      lines.push(current);
      current = word;
    }
  }
  return [...lines, current ?? ""];
}
