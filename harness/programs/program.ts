import { plainText, type Query, readableText } from "../postgres/query.ts";
import type { Answer, Isolation } from "../postgres/session.ts";
import type { Fault } from "./fault.ts";
import { showAnswer } from "../explore/recorder.ts";

/** A small number of sessions that do a few things each: what is run under every schedule. */
export interface Program {
  /** What a witness and the evidence call it. */
  readonly title: string;
  readonly scripts: readonly Script[];
  /** Whether calls are begun as early as they can, and then wait for their first step: what they read of the clock is old. */
  readonly beginsEarly?: boolean;
  /** Whether its sessions are to have nothing to do with one another: then none may wait for another. */
  readonly isApart?: boolean;
  /** What goes wrong beside all that, in every run that comes to the place. */
  readonly fault?: Fault;
}

/** What one session does, in this order. */
export interface Script {
  readonly name: string;
  readonly isolation: Isolation;
  readonly acts: readonly Act[];
}

/** One statement of a script. */
export interface Act {
  readonly kind: "call" | "begin" | "commit" | "rollback";
  readonly query: Query;
  /** As a person would type it. */
  readonly text: string;
  /** The same without what only shapes the answer, to be read at a glance. */
  readonly gist: string;
  /**
   * Whether an answer means that the call did nothing since another was at work on the same: such a call counts as not
   * made, if there was another at work.
   */
  readonly refuses?: (answer: Answer) => boolean;
  /** What of an answer counts, with numbers that only tell rows apart as `Id`. */
  readonly read: (answer: Answer) => unknown;
}

/** A call whose rows count as `read` gives them; unless told otherwise as they are. */
export function call<Row>(
  query: Query<Row>,
  options: { read?: (row: Row) => unknown; refuses?: (answer: Answer) => boolean } = {},
): Act {
  const { read = (row) => row, refuses } = options;
  return {
    kind: "call",
    query,
    text: readableText(query),
    gist: gistOf(readableText(query)),
    read: (answer) =>
      answer.kind === "rows"
        ? answer.rows.map((row) => read(query.parser.parse(row)))
        : showAnswer(answer),
    ...(refuses === undefined ? {} : { refuses }),
  };
}

/** Of `select columns from called(…)` and `select called(…) as answer` the call; of anything else all of it. */
function gistOf(text: string): string {
  return /(?:^select|\bfrom) ([\w."]+\([^]*\))(?: as \w+)?$/u.exec(text)?.[1] ?? text;
}

export function transactionAct(kind: "begin" | "commit" | "rollback"): Act {
  return { kind, query: plainText(kind), text: kind, gist: kind, read: () => undefined };
}

/** The acts of one transaction: a call by itself, or all from `begin` to its end. */
export interface Unit {
  readonly session: number;
  readonly first: number;
  readonly last: number;
}

/** The transactions of a program, those of one session in their order. */
export function unitsOf({ scripts }: Pick<Program, "scripts">): readonly Unit[] {
  return scripts.flatMap(({ acts }, session) => {
    const units: Unit[] = [];
    let first: number | undefined;
    for (const [at, { kind }] of acts.entries()) {
      if (kind === "begin") first = at;
      if (kind === "call" && first !== undefined) continue;
      if (kind === "begin") continue;
      units.push({ session, first: first ?? at, last: at });
      first = undefined;
    }
    return units;
  });
}
