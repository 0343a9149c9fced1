import type { Effort } from "../verdict/effort.ts";
import type { Verdict } from "../verdict/verdict.ts";
import type { Law } from "./law.ts";
import { loadBinding } from "./load-binding.ts";
import type { Rehearsal } from "./rehearsal.ts";
import type { Subject } from "./subject.ts";
import { openTheatre } from "./theatre.ts";
import { tryLaw } from "./try-law.ts";

/** The laws of one subject on one rehearsal, each tried as often as wanted. Disposing it drops what they were tried on. */
export interface Trials extends AsyncDisposable {
  /** The laws that the binding says enough for. */
  readonly laws: readonly TrialLaw[];
  /** Fails if it is none of {@link laws}. */
  try(lawId: string, how: { readonly effort: Effort; readonly seed: number }): Promise<TrialEnd>;
}

type TrialLaw = Pick<Law<unknown>, "id" | "claim">;

export interface TrialEnd {
  readonly law: TrialLaw;
  readonly verdict: Verdict;
}

export async function openTrials<Part>(
  subject: Subject<Part>,
  rehearsal: Rehearsal,
): Promise<Trials> {
  const { bindings } = rehearsal;
  const binding = bindings === undefined ? undefined : await loadBinding(bindings);
  const part = subject.part(binding, rehearsal);
  if (part === undefined) throw new Error(`The binding binds no ${subject.name}.`);
  const theatre = openTheatre(rehearsal, binding, part);
  const laws = subject.laws.filter((law) => law.isBound?.(part) ?? true);
  return {
    laws,
    async try(lawId, how) {
      const law = laws.find(({ id }) => id === lawId);
      if (law === undefined) throw new Error(`The binding binds no law ${lawId}.`);
      const { verdict } = await theatre.stage(law, (stage) => tryLaw(law, { ...stage, ...how }));
      return { law, verdict };
    },
    [Symbol.asyncDispose]: () => theatre[Symbol.asyncDispose](),
  };
}
