/** A page for people before it is Markdown or HTML: headings, lines of text and tables. */
export interface Page {
  readonly title: string;
  readonly parts: readonly PagePart[];
}

export type PagePart =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "table";
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };
