import type { Event } from "../../history/event.ts";
import type { Model } from "../../history/model.ts";
import { tellOperations, type ToldOperation } from "../../explore/told-operation.ts";
import { alreadyReplayed, type Told, toldBy } from "./replay-calls.ts";

/** An original is recorded by the first call for it, which alone is told that it was not replayed yet. */
export const firstCalls: Model<boolean, string, Told> = {
  initial: false,
  step(isRecorded, _, outcome) {
    if (outcome.kind === "lost") return [true];
    return outcome.output.alreadyReplayed === isRecorded ? [true] : [];
  },
  key: String,
  isRead: (_, { alreadyReplayed: told }) => told === true,
  partition: ({ input }) => input,
};

/** The replay's id of an original is what the first call for it drew: null before that, and unheard if nobody was told. */
export const replayIds: Model<number | "unheard" | null, string, Told> = {
  initial: null,
  step(id, _, outcome) {
    if (outcome.kind === "lost") return [id ?? "unheard"];
    const { replayId } = outcome.output;
    if (replayId === null) return [];
    return id === replayId || id === null || id === "unheard" ? [replayId] : [];
  },
  key: String,
  partition: ({ input }) => input,
};

/** The calls that were committed, by their originals, which were the events' input. */
export function tellRecords(history: readonly Event[]): readonly ToldOperation<string, Told>[] {
  return tellOperations(history, {
    input: ({ input }) => String(input),
    output: ({ answer }) => toldBy({ kind: "rows", rows: rowsOf(answer) }),
  });
}

/** What a transaction leaves of a key, or what is found of it. */
export interface Left {
  readonly records: number;
  readonly events: number;
}

export interface LeftInput {
  readonly kind: "transaction" | "reading";
  readonly key: string;
}

/** A key has its record and its event, or neither. */
export const bothOrNeither: Model<boolean, LeftInput, Left> = {
  initial: false,
  step(isThere, { kind }, outcome) {
    if (kind === "transaction") return [true];
    if (outcome.kind === "lost") return [isThere];
    const { records, events } = outcome.output;
    return records > 0 === isThere && events > 0 === isThere ? [isThere] : [];
  },
  key: String,
  isRead: ({ kind }) => kind === "reading",
  partition: ({ input }) => input.key,
};

/** The transactions that were told to be first, published and were committed; the others leave nothing. */
export function tellTransactions(
  history: readonly Event[],
): readonly ToldOperation<LeftInput, Left>[] {
  const recorded = new Map(
    history
      .filter(({ operation, answer }) => operation === "record" && isFirst(answer))
      .map((event) => [JSON.stringify([event.who, event.input]), event]),
  );
  const published = history.flatMap((event) => {
    if (event.operation !== "publish") return [];
    const record = recorded.get(JSON.stringify([event.who, event.input]));
    if (record === undefined) return [];
    return [{ ...event, asked: record.asked, text: `${record.text}; ${event.text}` }];
  });
  return tellOperations(published, {
    input: ({ input }) => ({ kind: "transaction", key: String(input) }),
    output: () => ({ records: 1, events: 1 }),
  });
}

function isFirst(answer: unknown): boolean {
  return alreadyReplayed({ kind: "rows", rows: rowsOf(answer) }) === false;
}

function rowsOf(answer: unknown): readonly unknown[] {
  return Array.isArray(answer) ? answer : [];
}
