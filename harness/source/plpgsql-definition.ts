import { type Token, tokensOf } from "./parse-sql.ts";

/** A function's definition as `pg_get_functiondef` prints it, taken apart. */
export interface PlpgsqlDefinition {
  readonly kind: "plpgsql";
  /** What stands between the dollar quotes. */
  readonly body: string;
  /** Where the body begins in the definition. */
  readonly bodyStart: number;
  /** Whether control may reach the end of the body: elsewhere that is an error. */
  readonly mayRunOff: boolean;
}

export type Definition =
  | PlpgsqlDefinition
  | { readonly kind: "other"; readonly language: string }
  | { readonly kind: "unreadable"; readonly reason: string };

/** Finds the language and the body of a definition. */
export function readDefinition(definition: string): Definition {
  const tokens = tokensOf(definition).filter(({ name }) => !name.endsWith("_COMMENT"));
  // Printed keywords are upper case, names and types that are not quoted are lower case.
  const language = tokens[tokens.findIndex(({ text }) => text === "LANGUAGE") + 1];
  if (language === undefined || !tokens.some(({ text }) => text === "LANGUAGE"))
    return { kind: "unreadable", reason: "no definition of a function as the server prints it" };
  if (language.text !== "plpgsql") return { kind: "other", language: language.text };

  const body = tokens.at(-1);
  const quote = /^\$[^$]*\$/.exec(body?.text ?? "")?.[0];
  if (body === undefined || quote === undefined || tokens.at(-2)?.text !== "AS")
    return { kind: "unreadable", reason: "no body between dollar quotes" };
  return {
    kind: "plpgsql",
    body: body.text.slice(quote.length, -quote.length),
    bodyStart: body.start + quote.length,
    mayRunOff: mayRunOff(tokens),
  };
}

/** Procedures, functions with OUT parameters, and those that answer nothing or a set. */
function mayRunOff(tokens: readonly Token[]): boolean {
  const texts = tokens.map(({ text }) => text);
  const result = texts[texts.indexOf("RETURNS") + 1] ?? "";
  return (
    !texts.includes("RETURNS") ||
    ["void", "SETOF", "TABLE"].includes(result) ||
    texts.includes("OUT") ||
    texts.includes("INOUT")
  );
}
