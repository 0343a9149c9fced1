import type { Outcome } from "../../../harness/history/operation.ts";
import { isOutput, type Sample } from "./sample.ts";

export interface Lease {
  readonly holder: string | null;
  /** Of the last lease that was given. */
  readonly token: number;
  /** Seconds that are left of it. */
  readonly left: number;
}

export type LeaseInput =
  | { readonly kind: "acquire"; readonly holder: string; readonly seconds: number }
  | { readonly kind: "release"; readonly holder: string }
  | { readonly kind: "advance"; readonly seconds: number };

/** An acquire that is granted answers its token, which is greater than all before; a refusal and a release that had nothing to release answer 0. */
export const lease: Sample<Lease, LeaseInput, number> = {
  model: {
    initial: { holder: null, token: 0, left: 0 },
    step(state, input, outcome) {
      const isHeld = state.holder !== null && state.left > 0;
      switch (input.kind) {
        case "acquire":
          if (isHeld && state.holder !== input.holder) return isOutput(outcome, 0) ? [state] : [];
          return grant(state, input, outcome);
        case "release":
          if (!isHeld || state.holder !== input.holder) return isOutput(outcome, 0) ? [state] : [];
          return isOutput(outcome, 1) ? [{ ...state, holder: null, left: 0 }] : [];
        default:
          if (!isOutput(outcome, 0)) return [];
          return [{ ...state, left: Math.max(0, state.left - input.seconds) }];
      }
    },
    key: ({ holder, token, left }) => `${holder} ${token} ${left}`,
    isRead: ({ kind }, output) => kind !== "advance" && output === 0,
  },
  inputs: [
    { kind: "acquire", holder: "ann", seconds: 10 },
    { kind: "acquire", holder: "ben", seconds: 20 },
    { kind: "release", holder: "ann" },
    { kind: "release", holder: "ben" },
    { kind: "advance", seconds: 10 },
  ],
  outputs: [0, 1, 2, 3, 4],
};

/** What nobody heard is at least one greater. */
function grant(
  { token }: Lease,
  { holder, seconds }: { readonly holder: string; readonly seconds: number },
  outcome: Outcome<number>,
): readonly Lease[] {
  const next = outcome.kind === "lost" ? token + 1 : outcome.output;
  return next > token ? [{ holder, token: next, left: seconds }] : [];
}
