import type { Event } from "../../history/event.ts";
import type { Model } from "../../history/model.ts";
import { tellOperations, tellReading, type ToldOperation } from "../../explore/told-operation.ts";
import { answered } from "../answered.ts";
import type { ArchivedLetter } from "./archive-binding.ts";

export type LetterInput =
  | {
      readonly kind: "archive";
      readonly letter: string;
      /** Whether the row that is there in the end names the caller. Known at once, it spares a search most wrong ways. */
      readonly isNamed: boolean;
    }
  | { readonly kind: "reading"; readonly letter: string };

/** A call answers the id of the letter's row; a reading finds the ids of all its rows. */
export type LetterOutput = readonly number[];

/**
 * A letter is archived once, by the first of the calls, whom its row names from then on, and the others of the same
 * content answer its id. The id is unheard as long as nobody was told it.
 */
export const archivedOnce: Model<number | "unheard" | null, LetterInput, LetterOutput> = {
  initial: null,
  step(id, input, outcome) {
    if (outcome.kind === "lost")
      return input.kind === "archive" && input.isNamed ? [id ?? "unheard"] : [id];
    const [found = null, ...more] = outcome.output;
    if (more.length > 0) return [];
    if (id === null) {
      const isFirst = input.kind === "archive" && input.isNamed;
      return isFirst || found === null ? [found] : [];
    }
    return found !== null && (id === found || id === "unheard") ? [found] : [];
  },
  key: String,
  partition: ({ input }) => input.letter,
};

/** The calls that were committed, by their letters, which were the events' input; and all letters that are there. */
export function tellArchiving(
  history: readonly Event[],
  letters: readonly Pick<ArchivedLetter, "archiveId" | "deadLetterId" | "archivedBy">[],
): readonly ToldOperation<LetterInput, LetterOutput>[] {
  const rowsOf = Map.groupBy(letters, ({ deadLetterId }) => deadLetterId);
  const calls = tellOperations(history, {
    input({ who, input }): LetterInput {
      const letter = String(input);
      const isNamed = rowsOf.get(letter)?.some(({ archivedBy }) => archivedBy === who) === true;
      return { kind: "archive", letter, isNamed };
    },
    output({ answer }) {
      const id = answered({ kind: "rows", rows: Array.isArray(answer) ? answer : [] });
      return typeof id === "number" ? [id] : undefined;
    },
  });
  const readings = [...new Set(history.map(({ input }) => String(input)))].map((letter) => {
    const rows = rowsOf.get(letter) ?? [];
    const ids = rows.map(({ archiveId }) => archiveId);
    const names = rows.map(({ archivedBy }) => archivedBy).join(", ");
    return tellReading<LetterInput, LetterOutput>(
      { kind: "reading", letter },
      ids,
      `reads who archived ${letter}: ${names || "nobody"}`,
    );
  });
  return [...calls, ...readings];
}
