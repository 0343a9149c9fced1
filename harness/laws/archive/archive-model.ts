import type { Event } from "../../history/event.ts";
import type { Model } from "../../history/model.ts";
import { tellOperations, type ToldOperation } from "../../explore/told-operation.ts";
import { answered } from "../answered.ts";

/** What there is of a letter: whoever archived it first, and its row's id, which nobody may have been told. */
export interface Archived {
  readonly id: number | "unheard";
  readonly by: string;
}

export type LetterInput =
  | { readonly kind: "archive"; readonly letter: string; readonly by: string }
  | { readonly kind: "reading"; readonly letter: string };

/** A call answers the id; a reading finds the rows of the letter. */
export type LetterOutput =
  | { readonly kind: "id"; readonly id: number }
  | {
      readonly kind: "rows";
      readonly rows: readonly { readonly id: number; readonly by: string }[];
    };

/** A letter is archived once, by the first of the calls, and the others of the same content answer its id. */
export const archivedOnce: Model<Archived | null, LetterInput, LetterOutput> = {
  initial: null,
  step(state, input, outcome) {
    if (input.kind === "reading") {
      const isSo = outcome.kind === "lost" || isWhatIsThere(state, outcome.output);
      return isSo ? [state] : [];
    }
    if (outcome.kind === "lost") return [state ?? { id: "unheard", by: input.by }];
    if (outcome.output.kind !== "id") return [];
    const { id } = outcome.output;
    if (state === null) return [{ id, by: input.by }];
    return state.id === id || state.id === "unheard" ? [{ ...state, id }] : [];
  },
  key: (state) => JSON.stringify(state),
  isRead: ({ kind }) => kind === "reading",
  partition: ({ input }) => input.letter,
};

function isWhatIsThere(state: Archived | null, found: LetterOutput): boolean {
  if (found.kind !== "rows") return false;
  const [row, ...more] = found.rows;
  if (row === undefined || state === null) return row === undefined && state === null;
  return more.length === 0 && row.by === state.by && [row.id, "unheard"].includes(state.id);
}

/** The calls that were committed, by their letters, which were the events' input. */
export function tellArchiving(
  history: readonly Event[],
): readonly ToldOperation<LetterInput, LetterOutput>[] {
  return tellOperations(history, {
    input: ({ who, input }) => ({ kind: "archive", letter: String(input), by: who }),
    output({ answer }) {
      const id = answered({ kind: "rows", rows: Array.isArray(answer) ? answer : [] });
      return typeof id === "number" ? { kind: "id", id } : undefined;
    },
  });
}
