import { isDeepStrictEqual } from "node:util";
import type { Model } from "../../../harness/history/model.ts";
import type { Outcome } from "../../../harness/history/operation.ts";

/** A model with what may be asked of it and answered, so that histories can be made. */
export interface Sample<State, Input, Output> {
  readonly model: Model<State, Input, Output>;
  readonly inputs: readonly [Input, ...Input[]];
  readonly outputs: readonly [Output, ...Output[]];
}

/** Whether what was answered, if it was heard, is this. */
export function isOutput<Output>(outcome: Outcome<Output>, output: Output): boolean {
  return outcome.kind === "lost" || isDeepStrictEqual(outcome.output, output);
}
