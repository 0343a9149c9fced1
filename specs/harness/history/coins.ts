import { isOutput, type Sample } from "./sample.ts";

export type CoinInput = "flip" | "look" | "count";

/** Nobody is told how a coin fell, so one answer leads to several states. A flip answers 0, a count how many were flipped. */
export const coins: Sample<readonly [flips: number, up: number], CoinInput, number> = {
  model: {
    initial: [0, 0],
    step([flips, up], input, outcome) {
      if (input === "look") return isOutput(outcome, up) ? [[flips, up]] : [];
      if (input === "count") return isOutput(outcome, flips) ? [[flips, up]] : [];
      if (!isOutput(outcome, 0)) return [];
      return [
        [flips + 1, 0],
        [flips + 1, 1],
      ];
    },
    key: (state) => state.join(" "),
  },
  inputs: ["flip", "look", "count"],
  outputs: [0, 1, 2],
};
