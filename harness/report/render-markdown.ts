import type { Page, PagePart } from "./page.ts";

/** A page as GitHub's Markdown; whatever is in its texts is shown as it is. */
export function renderMarkdown({ title, parts }: Page): string {
  return `${[`# ${escaped(title)}`, ...parts.map(renderPart)].join("\n\n")}\n`;
}

function renderPart(part: PagePart): string {
  if (part.kind === "heading") return `## ${escaped(part.text)}`;
  if (part.kind === "text") return escaped(part.text);
  return [line(part.head), line(part.head.map(() => "---")), ...part.rows.map(line)].join("\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(" | ")} |`;
}

function cell(text: string): string {
  return text === "---" ? text : escaped(text).replaceAll("\n", "<br>");
}

/** Letters that Markdown would read as more than themselves. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|#~&]/gu, (letter) =>
    letter === "<" ? "&lt;" : letter === "&" ? "&amp;" : `\\${letter}`,
  );
}
