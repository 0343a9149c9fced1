import type { Event } from "../../history/event.ts";
import type { Model } from "../../history/model.ts";
import { endOf } from "../../history/operation.ts";
import { tellOperations, type ToldOperation } from "../../explore/told-operation.ts";
import { answered } from "../answered.ts";
import type { Token } from "./lock-binding.ts";

export interface Holding {
  readonly holder: string | null;
}

export interface HoldingInput {
  readonly kind: "acquire" | "release";
  readonly name: string;
  readonly holder: string;
}

/**
 * Names whose leases outlast the race: each has one holder or none. A call that took a name says so. Where refusals
 * count, an acquire is refused only while another holds the name.
 */
export function holdings({
  refusalsCount,
}: {
  readonly refusalsCount: boolean;
}): Model<Holding, HoldingInput, boolean> {
  return {
    initial: { holder: null },
    step(state, { kind, holder }, outcome) {
      const isOwn = state.holder === holder;
      const refused = outcome.kind === "answered" && !outcome.output;
      if (kind === "acquire") {
        const isThere = isOwn || state.holder === null;
        if (refused) return refusalsCount && isThere ? [] : [state];
        return isThere ? [{ holder }] : [];
      }
      // Whoever asks for the release counts on the name no longer, whatever the answer.
      if (!isOwn) return [state];
      return refused ? [{ holder: null }, state] : [{ holder: null }];
    },
    key: ({ holder }) => JSON.stringify(holder),
    isRead: ({ kind }, output) => kind === "acquire" && !output,
    partition: ({ input }) => input.name,
  };
}

/** Acquires and releases of a race, whose input was the name. */
export function tellHoldings(
  history: readonly Event[],
): readonly ToldOperation<HoldingInput, boolean>[] {
  return tellOperations(history, {
    input: ({ who, operation, input }) =>
      operation === "acquire" || operation === "release"
        ? { kind: operation, name: String(input), holder: who }
        : undefined,
    output({ answer }) {
      const told = answeredIn(answer);
      return typeof told === "boolean" ? told : undefined;
    },
  });
}

/** A lease that was taken, and the token that its holder read while it held the name, as one operation each. */
export function tellTokens(history: readonly Event[]): readonly ToldOperation<string, number>[] {
  const taking = new Map<string, Event>();
  const told: ToldOperation<string, number>[] = [];
  for (const event of history.toSorted((one, other) => one.asked - other.asked)) {
    if (event.operation === "acquire") taking.set(event.who, event);
    const taken = taking.get(event.who);
    if (event.operation !== "token" || taken === undefined) continue;
    for (const { name, token } of tokensIn(event.answer))
      told.push({
        who: event.who,
        input: name,
        asked: taken.asked,
        outcome: { kind: "answered", output: token, answered: event.answered },
        does: `${taken.text}; ${event.text}`,
        told: `${taken.outcome}; ${event.outcome}`,
      });
  }
  return told;
}

function tokensIn(answer: unknown): readonly Token[] {
  return Array.isArray(answer) ? answer : [];
}

export interface Removal {
  /** Whether nobody else cleaned up meanwhile: what others have in hand is passed over, and nothing else. */
  readonly alone: boolean;
}

/** So many expired leases, which only go. A clean-up tells how many it removed. */
export function removals(expired: number): Model<number, Removal, number> {
  return {
    initial: expired,
    step(left, { alone }, outcome) {
      if (outcome.kind === "lost") return Array.from({ length: left }, (_, index) => index);
      const isPossible = alone ? outcome.output === left : outcome.output <= left;
      return isPossible ? [left - outcome.output] : [];
    },
    key: String,
    isRead: (_, removed) => removed === 0,
  };
}

export function tellRemovals(history: readonly Event[]): readonly ToldOperation<Removal, number>[] {
  const told = tellOperations(history, {
    input: ({ operation }) => (operation === "cleanup" ? { alone: false } : undefined),
    output: ({ answer }) => removedIn(answer),
  });
  return told.map((each) => withInput(each, { alone: !told.some(overlaps(each)) }));
}

function withInput<Input, Output>(
  operation: ToldOperation<Input, Output>,
  input: Input,
): ToldOperation<Input, Output> {
  return { ...operation, input };
}

function removedIn(answer: unknown): number | undefined {
  const removed = answeredIn(answer);
  return typeof removed === "number" ? removed : undefined;
}

function overlaps(one: ToldOperation<Removal, number>) {
  return (other: ToldOperation<Removal, number>): boolean =>
    other !== one && other.asked <= endOf(one) && one.asked <= endOf(other);
}

function answeredIn(rows: unknown): unknown {
  return answered({ kind: "rows", rows: Array.isArray(rows) ? rows : [] });
}
