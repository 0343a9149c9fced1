import type { Event } from "../../history/event.ts";
import type { Model } from "../../history/model.ts";
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

/** Whether a completion was answered true. */
export function isCompleted({ answer }: Event): boolean {
  return answered({ kind: "rows", rows: Array.isArray(answer) ? answer : [] }) === true;
}
