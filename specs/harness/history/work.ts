import { isOutput, type Sample } from "./sample.ts";

export type WorkInput =
  | { readonly kind: "add"; readonly item: string }
  | { readonly kind: "claim"; readonly worker: string }
  | { readonly kind: "complete"; readonly worker: string; readonly item: string };

/** Who has claimed each item; nobody at first. */
export type Work = Readonly<Record<string, string>>;

const itemNames = ["x", "y"];

/**
 * A set of items to work on. A claim answers any item that nobody has, or none even if there is one: others may have it
 * in hand. An add and a complete answer whether they did something.
 */
export const work: Sample<Work, WorkInput, string> = {
  model: {
    initial: {},
    step(state, input, outcome) {
      switch (input.kind) {
        case "add":
          if (input.item in state) return isOutput(outcome, "nothing") ? [state] : [];
          return isOutput(outcome, "done") ? [{ ...state, [input.item]: "" }] : [];
        case "claim": {
          const claimed = Object.keys(state)
            .filter((item) => state[item] === "" && isOutput(outcome, item))
            .map((item) => Object.assign({}, state, { [item]: input.worker }));
          return isOutput(outcome, "nothing") ? [state, ...claimed] : claimed;
        }
        default: {
          const { [input.item]: worker, ...others } = state;
          if (worker !== input.worker) return isOutput(outcome, "nothing") ? [state] : [];
          return isOutput(outcome, "done") ? [others] : [];
        }
      }
    },
    key: (state) => itemNames.map((item) => state[item] ?? "-").join(" "),
    isRead: (_, output) => output === "nothing",
  },
  inputs: [
    { kind: "add", item: "x" },
    { kind: "add", item: "y" },
    { kind: "claim", worker: "ann" },
    { kind: "claim", worker: "ben" },
    { kind: "complete", worker: "ann", item: "x" },
    { kind: "complete", worker: "ben", item: "x" },
  ],
  outputs: ["nothing", "done", "x", "y"],
};
