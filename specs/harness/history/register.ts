import { isOutput, type Sample } from "./sample.ts";

export type RegisterInput =
  | { readonly kind: "read" }
  | { readonly kind: "write"; readonly value: number }
  | { readonly kind: "compare and set"; readonly from: number; readonly to: number };

/** A read answers the value, a write 0, a compare-and-set 1 if it set something and 0 if not. */
export const register: Sample<number, RegisterInput, number> = {
  model: {
    initial: 0,
    step(state, input, outcome) {
      switch (input.kind) {
        case "read":
          return isOutput(outcome, state) ? [state] : [];
        case "write":
          return isOutput(outcome, 0) ? [input.value] : [];
        default:
          if (state !== input.from) return isOutput(outcome, 0) ? [state] : [];
          return isOutput(outcome, 1) ? [input.to] : [];
      }
    },
    key: String,
    isRead: ({ kind }, output) => kind === "read" || (kind === "compare and set" && output === 0),
  },
  inputs: [
    { kind: "read" },
    { kind: "write", value: 1 },
    { kind: "write", value: 2 },
    { kind: "compare and set", from: 0, to: 1 },
    { kind: "compare and set", from: 1, to: 2 },
    { kind: "compare and set", from: 2, to: 0 },
  ],
  outputs: [0, 1, 2],
};
