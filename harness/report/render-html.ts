import { create } from "xmlbuilder2";
import type { XMLBuilder } from "xmlbuilder2/lib/interfaces.js";
import type { Page, PagePart } from "./page.ts";

/** A page as one HTML file that needs no other, readable on paper, too. */
export function renderHtml({ title, parts }: Page): string {
  const html = create({ invalidCharReplacement: "\u{fffd}" }).ele("html", { lang: "en" });
  const head = html.ele("head");
  head.ele("meta", { charset: "utf-8" });
  head.ele("meta", { name: "viewport", content: "width=device-width, initial-scale=1" });
  head.ele("title").txt(title);
  head.ele("style").txt(style);
  const body = html.ele("body");
  body.ele("h1").txt(title);
  for (const part of parts) addPart(body, part);
  const text = html.end({ headless: true, prettyPrint: true, allowEmptyTags: true });
  // Elements that HTML lets nothing stand in have no end.
  return `<!doctype html>\n${text.replaceAll("></meta>", ">")}\n`;
}

function addPart(body: XMLBuilder, part: PagePart): void {
  if (part.kind === "heading") body.ele("h2").txt(part.text);
  else if (part.kind === "text") body.ele("p").txt(part.text);
  else {
    const table = body.ele("table");
    const head = table.ele("thead").ele("tr");
    for (const text of part.head) head.ele("th").txt(text);
    const rows = table.ele("tbody");
    for (const cells of part.rows) {
      const row = rows.ele("tr");
      for (const text of cells) row.ele("td").txt(text);
    }
  }
}

const style = [
  "body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }",
  "h1 { font-size: 1.6rem } h2 { font-size: 1.15rem; margin-top: 2.2rem }",
  "table { border-collapse: collapse; width: 100%; font-size: .92rem }",
  "th, td { text-align: left; vertical-align: top; padding: .35rem .7rem; border-bottom: 1px solid #ddd; white-space: pre-line; overflow-wrap: anywhere }",
  "th { border-bottom: 2px solid #888; white-space: nowrap }",
  "@media print { body { margin: 0; font-size: 11px } }",
].join("\n");
