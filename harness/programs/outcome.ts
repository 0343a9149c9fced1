import { countThrough } from "./canonical.ts";
import type { ActRecord } from "./player.ts";
import type { Program } from "./program.ts";
import { show } from "../explore/recorder.ts";

/** What a run came to: all that callers were told and all that is left. */
export interface Outcome {
  readonly records: readonly (readonly ActRecord[])[];
  readonly state: unknown;
}

/** Calls, as session and place. */
export interface LeftOut {
  /** Those that count as not made. */
  readonly unmade: ReadonlySet<string>;
  /** Those that were made and whose answer nobody got. */
  readonly untold: ReadonlySet<string>;
}

export const nothingLeftOut: LeftOut = { unmade: new Set(), untold: new Set() };

/** What came of a run in one text, which is equal for equal outcomes; calls that are left out are not told. */
export function tellOutcome(
  program: Program,
  { records, state }: Outcome,
  { unmade, untold }: LeftOut,
): string {
  const isTold = (place: string): boolean => !unmade.has(place) && !untold.has(place);
  const answers = records.map((own, session) =>
    own.flatMap(({ act, answer }, at) =>
      act.kind === "call" && isTold(`${session}.${at}`) ? [act.read(answer)] : [],
    ),
  );
  const { told, left } = parsed(countThrough({ told: answers, left: state }));
  const scripts = program.scripts.map(({ name }, session) => `${name} ${show(told[session])}`);
  return [...scripts, `left ${show(left)}`].join(", ");
}

function parsed(value: unknown): { told: readonly unknown[]; left: unknown } {
  if (value === null || typeof value !== "object" || !("told" in value) || !("left" in value))
    throw new Error("counting through keeps the shape");
  return { told: Array.isArray(value.told) ? value.told : [], left: value.left };
}
