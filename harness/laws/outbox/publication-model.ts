import { z } from "zod";
import type { Event } from "../../history/event.ts";
import type { Model } from "../../history/model.ts";
import { endOf } from "../../history/operation.ts";
import { tellOperations, type ToldOperation } from "../../explore/told-operation.ts";
import { answered } from "../answered.ts";
import { isCompleted } from "./claim-model.ts";
import { claimedRows, keyOf } from "./outbox-calls.ts";

/** What is published last of a key, and whether that was delivered since. */
export interface Standing {
  readonly payload: string | null;
  readonly isDelivered: boolean;
}

export interface StandingInput {
  readonly kind: "publish" | "deliver" | "reading";
  readonly key: string;
  /** Of the event that is published, delivered or found to be the newest. */
  readonly payload: string;
  readonly isParked?: boolean;
}

/** The newest event of a key has the payload that was committed last, which was delivered then or is parked. */
export const standing: Model<Standing, StandingInput, boolean> = {
  initial: { payload: null, isDelivered: false },
  step(state, { kind, payload, isParked }) {
    if (kind === "publish") return [{ payload, isDelivered: false }];
    const isLast = payload === state.payload;
    if (kind === "deliver") return [isLast ? { payload, isDelivered: true } : state];
    return isLast && (state.isDelivered || isParked === true) ? [state] : [];
  },
  key: (state) => JSON.stringify(state),
  isRead: ({ kind }) => kind === "reading",
  partition: ({ input }) => input.key,
};

/** Publications and deliveries; the events' input was the call that published, and what had been claimed. */
export function tellStanding(
  history: readonly Event[],
): readonly ToldOperation<StandingInput, boolean>[] {
  return tellOperations(history, {
    input({ operation, input }) {
      if (operation === "publish") return { kind: "publish", ...publicationIn(input) };
      const [claimed] = operation === "deliver" ? claimedRows([input]) : [];
      if (claimed === undefined) return undefined;
      return { kind: "deliver", key: keyOf(claimed), payload: claimed.payload };
    },
    output: (event) =>
      (event.operation === "publish" && event.sqlstate === undefined) || isCompleted(event)
        ? true
        : undefined,
  });
}

/**
 * What may bear on what is left: all of a key that was not over when its last publication was asked. That one comes
 * after the rest in any order, and replaces what the rest left; a search through all of it could take for ever.
 */
export function sinceLastPublication<
  Input extends { readonly kind: string; readonly key: string },
  Output,
>(operations: readonly ToldOperation<Input, Output>[]): readonly ToldOperation<Input, Output>[] {
  return [...Map.groupBy(operations, ({ input }) => input.key).values()].flatMap((ofKey) => {
    const publications = ofKey.filter(({ input }) => input.kind === "publish");
    const last = Math.max(-Infinity, ...publications.filter(isAnswered).map(({ asked }) => asked));
    return ofKey.filter((each) => endOf(each) >= last);
  });
}

function isAnswered({ outcome }: ToldOperation<unknown, unknown>): boolean {
  return outcome.kind === "answered";
}

/** The event of a key that nobody claims, and that is published again and again. */
export interface Fresh {
  readonly id: number | null;
  readonly payload: string;
}

export interface FreshInput {
  readonly kind: "publish" | "reading";
  readonly key: string;
  readonly payload: string;
}

/**
 * A key has one fresh event, with the payload that was committed last; its id is null as long as nobody was told it.
 * A reading finds all of them.
 */
export const freshEvents: Model<Fresh | null, FreshInput, readonly Fresh[]> = {
  initial: null,
  step(state, { kind, payload }, outcome) {
    if (outcome.kind === "lost")
      return kind === "publish" ? [{ id: state?.id ?? null, payload }] : [state];
    const [only = null, ...more] = outcome.output;
    const isSameEvent = state?.id === null || state?.id === only?.id;
    if (more.length > 0 || (state !== null && !isSameEvent)) return [];
    if (kind === "publish") return [only];
    return state?.payload === only?.payload ? [only] : [];
  },
  key: (state) => JSON.stringify(state),
  partition: ({ input }) => input.key,
};

/** Publications of keys that nobody claims; the events' input was the call. */
export function tellPublications(
  history: readonly Event[],
): readonly ToldOperation<FreshInput, readonly Fresh[]>[] {
  return tellOperations(history, {
    input: ({ input }): FreshInput => ({ kind: "publish", ...publicationIn(input) }),
    output({ answer, input }) {
      const id = idIn(answer);
      return id === undefined ? undefined : [{ id, payload: publicationIn(input).payload }];
    },
  });
}

/** The first that was heard of each event, by the key: it was made before any publisher was answered its id. */
export function tellMaking(history: readonly Event[]): readonly ToldOperation<string, number>[] {
  const told = tellOperations(history, {
    input: ({ operation, input }) =>
      operation === "publish" ? publicationIn(input).key : undefined,
    output: ({ answer }) => idIn(answer),
  });
  const heard = told.filter(({ outcome }) => outcome.kind === "answered");
  const byEvent = Map.groupBy(heard, ({ input, outcome }) =>
    JSON.stringify([input, outcome.kind === "answered" ? outcome.output : null]),
  );
  return [...byEvent.values()].flatMap((ofEvent) => {
    const [first] = ofEvent.toSorted((one, other) => endOf(one) - endOf(other));
    const asked = Math.min(...ofEvent.map((each) => each.asked));
    return first === undefined ? [] : [{ ...first, asked }];
  });
}

function publicationIn(input: unknown): { readonly key: string; readonly payload: string } {
  const call = publication.parse(input);
  return { key: keyOf(call), payload: call.payload };
}

const publication = z.object({
  aggregateType: z.string(),
  aggregateId: z.string(),
  eventType: z.string(),
  payload: z.string(),
});

function idIn(answer: unknown): number | undefined {
  const id = answered({ kind: "rows", rows: Array.isArray(answer) ? answer : [] });
  return typeof id === "number" ? id : undefined;
}
