import { compareGated } from "./compare-gated.ts";
import { readDefinition, type PlpgsqlDefinition } from "./plpgsql-definition.ts";
import {
  type PlpgsqlStatement,
  readBody,
  type StatementList,
  UnreadableBody,
} from "./plpgsql-statements.ts";
import { touchesTable, type Touches } from "./plpgsql-touch.ts";
import { positionAt } from "./position.ts";

/** A gate that was placed in a function. */
export interface PlacedGate {
  /** From 1, in the order of the text. */
  readonly number: number;
  /** Within the body, as the server counts in errors: line 1 is what follows the opening quote. */
  readonly line: number;
  /** The line from the statement on that the gate stands before, without blanks around it. */
  readonly text: string;
}

export type PlacedGates =
  | {
      readonly kind: "gated";
      readonly definition: string;
      readonly gates: readonly PlacedGate[];
    }
  | { readonly kind: "refused"; readonly reason: string };

export interface GateOptions {
  /** A boolean expression on one line that is false: the call of gate `number`. */
  readonly gateCall: (number: number) => string;
  readonly touches: Touches;
}

/**
 * A function that stops where it could meet other sessions: `definition`, as `pg_get_functiondef` prints it, with
 * `if <gate call> then end if;` before each statement that touches a table, before each `return`, and before the end
 * where control can reach it. An IF changes neither FOUND nor ROW_COUNT, and no line is moved.
 *
 * Refused is what is not PL/pgSQL, and whatever does not parse to the same statements once the gates are taken out.
 * No gate stands between the rows of one query: a loop over a query fetches, and locks, ten rows at first.
 */
export function placeGates(definition: string, options: GateOptions): PlacedGates {
  const found = readDefinition(definition);
  if (found.kind === "unreadable") return { kind: "refused", reason: found.reason };
  if (found.kind === "other") return refuseLanguage(found.language);

  const places = placesOf(found, options.touches);
  if ("reason" in places) return { kind: "refused", reason: places.reason };

  const calls = places.map((_, index) => options.gateCall(index + 1));
  const gated = withGates(definition, found.bodyStart, places, calls);
  const complaint = compareGated(definition, gated, calls);
  if (complaint !== undefined) return { kind: "refused", reason: complaint };
  const gates = places.map((place, index) => describe(found.body, place, index + 1));
  return { kind: "gated", definition: gated, gates };
}

function refuseLanguage(language: string): PlacedGates {
  return {
    kind: "refused",
    reason: `written in ${language}: statement gates need PL/pgSQL`,
  };
}

/** Where a gate goes, and where that before which it stops begins; they differ where there is a label. */
interface Place {
  readonly offset: number;
  readonly firstWord: number;
}

function placesOf(
  { body, mayRunOff }: PlpgsqlDefinition,
  touches: Touches,
): Place[] | { reason: string } {
  try {
    const block = readBody(body);
    const ends = mayRunOff ? block.lists.filter(canRunOff).map(atEnd) : [];
    const places = [...block.lists.flatMap((list) => placesIn(list, touches, false)), ...ends];
    return places.toSorted((one, other) => one.offset - other.offset);
  } catch (error) {
    if (!(error instanceof UnreadableBody)) throw error;
    const { line } = positionAt(body, error.offset);
    return { reason: `its statements cannot be told apart at line ${line}: ${error.message}` };
  }
}

/** `conditionAhead`: the end of the list, and `continue`, lead to a condition that touches a table. */
function placesIn(list: StatementList, touches: Touches, conditionAhead: boolean): Place[] {
  return list.statements.flatMap((statement) => {
    const { kind, start, firstWord, lists } = statement;
    const touching = touchesTable(statement, touches);
    const isGated = touching || kind === "return" || (kind === "continue" && conditionAhead);
    const isAhead = conditionAhead || (kind === "while" && touching);
    return [
      ...(isGated ? [{ offset: start, firstWord }] : []),
      ...lists.flatMap((inner) => placesIn(inner, touches, isAhead)),
      ...(kind === "while" && touching ? lists.filter(canRunOff).map(atEnd) : []),
    ];
  });
}

function atEnd({ end }: StatementList): Place {
  return { offset: end, firstWord: end };
}

/** Whether control may pass the end of the list; in doubt it may. */
function canRunOff({ statements }: StatementList): boolean {
  const last = statements.at(-1);
  if (last === undefined) return true;
  if (last.kind === "return" || isThrown(last)) return false;
  // A label may be left with `exit`.
  return !last.passesOne || last.start !== last.firstWord || last.lists.some(canRunOff);
}

function isThrown({ kind, own }: PlpgsqlStatement): boolean {
  const level = own[1]?.text.toLowerCase() ?? "exception";
  return kind === "raise" && !["debug", "log", "info", "notice", "warning"].includes(level);
}

function withGates(
  definition: string,
  bodyStart: number,
  places: readonly Place[],
  calls: readonly string[],
): string {
  let written = 0;
  const pieces = places.map(({ offset }, index) => {
    const before = definition.slice(written, bodyStart + offset);
    written = bodyStart + offset;
    return `${before}if ${calls[index]} then end if; `;
  });
  return pieces.join("") + definition.slice(written);
}

function describe(body: string, { firstWord }: Place, number: number): PlacedGate {
  const [text = ""] = body.slice(firstWord).split("\n", 1);
  return { number, line: positionAt(body, firstWord).line, text: text.trim() };
}
