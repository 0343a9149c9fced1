import type { ToldStep } from "./scene.ts";

/** The steps of a run with those made one that nobody came between: of the gates only those are left where others did something. */
export function mergeSteps(told: readonly ToldStep[]): readonly ToldStep[] {
  const merged: ToldStep[] = [];
  for (const step of told) {
    const last = merged.at(-1);
    const goesOn = last?.session === step.session && last.comesTo.kind === "held";
    if (goesOn && step.sends.length === 0 && step.fault === undefined)
      merged.splice(-1, 1, { ...step, does: last.does, sends: last.sends });
    else merged.push(step);
  }
  return merged;
}
