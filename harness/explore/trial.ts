import type { Stage } from "./stage.ts";

/** How a law is tried. It returns when nothing was found against the law and leaves a `Discrepancy` otherwise. */
export type Trial<Binding> = (stage: Stage<Binding>) => Promise<void>;

/** Trials one after the other; the first that finds something ends it. Cheap and repeatable ones go first. */
export function inOrder<Binding>(...trials: readonly Trial<Binding>[]): Trial<Binding> {
  return async (stage) => {
    for (const trial of trials) await trial(stage);
  };
}
