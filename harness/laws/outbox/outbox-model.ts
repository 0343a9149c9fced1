import { z } from "zod";
import type { Event } from "../../history/event.ts";
import type { Model } from "../../history/model.ts";
import { endOf } from "../../history/operation.ts";
import { tellOperations, type ToldOperation } from "../../explore/told-operation.ts";
import { answered } from "../answered.ts";
import { claimedRows, keyOf } from "./outbox-calls.ts";

/** A claim that lives: nothing lapses in a race. */
export interface Claim {
  readonly eventId: number;
  readonly by: string;
}

export interface ClaimInput {
  readonly kind: "claim" | "complete" | "reading";
  readonly key: string;
  /** What a claim brought or a completion ended, which is one, or all that a reading found. */
  readonly claims: readonly Claim[];
}

/**
 * Each key is in one live claim, or in none, and only who has it can complete it. That a claim brought nothing says
 * nothing: events that others have in hand are passed over. A reading finds no claim beside the one that was told.
 */
export const liveClaims: Model<Claim | null, ClaimInput, true> = {
  initial: null,
  step(state, { kind, claims }) {
    const isOther = ({ eventId, by }: Claim): boolean =>
      state === null || eventId !== state.eventId || by !== state.by;
    if (kind === "claim") return state === null ? claims : [];
    if (kind === "complete") return claims.some(isOther) ? [] : [null];
    return state !== null && claims.some(isOther) ? [] : [state];
  },
  key: (state) => JSON.stringify(state),
  isRead: ({ kind }) => kind === "reading",
  partition: ({ input }) => input.key,
};

/**
 * Each event that a claim brought, and each that was completed, whose input was what had been claimed. What a claim
 * without an answer brought is anybody's guess.
 */
export function tellClaims(history: readonly Event[]): readonly ToldOperation<ClaimInput, true>[] {
  return history.flatMap((event) => {
    const { who, operation, answer, input } = event;
    if (operation !== "claim" && operation !== "complete") return [];
    return claimedRows(operation === "claim" ? answer : [input]).flatMap((claimed) =>
      tellOperations([event], {
        input: (): ClaimInput => ({
          kind: operation,
          key: keyOf(claimed),
          claims: [{ eventId: claimed.eventId, by: who }],
        }),
        output: () => (operation === "claim" || isCompleted(event) ? true : undefined),
      }),
    );
  });
}

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

/** What was completed, by the key: the events' input was what had been claimed. */
export function tellCompletions(
  history: readonly Event[],
): readonly ToldOperation<string, number>[] {
  return history.flatMap((event) => {
    const [claimed] = event.operation === "complete" ? claimedRows([event.input]) : [];
    if (claimed === undefined) return [];
    return tellOperations([event], {
      input: () => keyOf(claimed),
      output: (each) => (isCompleted(each) ? claimed.eventId : undefined),
    });
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

function isCompleted({ answer }: Event): boolean {
  return answered({ kind: "rows", rows: Array.isArray(answer) ? answer : [] }) === true;
}
