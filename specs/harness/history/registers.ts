import { register, type RegisterInput } from "./register.ts";
import type { Sample } from "./sample.ts";

export interface NamedInput {
  readonly name: "x" | "y";
  readonly about: RegisterInput;
}

interface Values {
  readonly x: number;
  readonly y: number;
}

/** Two registers whose state is one value, though each can be judged by itself. */
export const registers: Sample<Values, NamedInput, number> = {
  model: {
    initial: { x: 0, y: 0 },
    step: (state, { name, about }, outcome) =>
      register.model
        .step(state[name], about, outcome)
        .map((value) => Object.assign({}, state, { [name]: value })),
    key: ({ x, y }) => `${x} ${y}`,
    partition: ({ input }) => input.name,
  },
  inputs: [
    { name: "x", about: { kind: "read" } },
    { name: "y", about: { kind: "read" } },
    { name: "x", about: { kind: "write", value: 1 } },
    { name: "y", about: { kind: "compare and set", from: 0, to: 1 } },
  ],
  outputs: register.outputs,
};
