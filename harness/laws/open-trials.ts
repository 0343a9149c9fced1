import type { Stage } from "../explore/stage.ts";
import type { Replayed } from "../explore/trial.ts";
import type { RecordedSchedule } from "../verdict/shown-schedule.ts";
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
  try(lawId: string, how: HowToTry): Promise<TrialEnd>;
  /** Runs one schedule of a law's programs again; nothing if the law has no such program. */
  replay(lawId: string, recorded: RecordedSchedule): Promise<Replayed | undefined>;
}

export interface HowToTry {
  readonly effort: Effort;
  readonly seed: number;
  /** Whether to run the law's programs and nothing else of its trial. */
  readonly programsOnly?: boolean;
}

type TrialLaw = Pick<Law<unknown>, "id" | "claim">;

export interface TrialEnd {
  readonly law: TrialLaw;
  readonly verdict: Verdict;
  /** Whether the trial asked for its seed. If not, it does with any other seed just what it did with this one. */
  readonly askedForSeed: boolean;
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
  const lawOf = (lawId: string): Law<Part> => {
    const law = laws.find(({ id }) => id === lawId);
    if (law === undefined) throw new Error(`The binding binds no law ${lawId}.`);
    return law;
  };
  return {
    laws,
    async try(lawId, { programsOnly = false, ...how }) {
      const whole = lawOf(lawId);
      const law = programsOnly ? withProgramsOnly(whole) : whole;
      const watched = watchSeed(law);
      const { verdict } = await theatre.stage(law, (stage) => tryLaw(watched.law, stage), how);
      return { law, verdict, askedForSeed: watched.askedForSeed() };
    },
    async replay(lawId, recorded) {
      const law = lawOf(lawId);
      return await theatre.lend(
        law,
        async (stage) => await law.trial.programs?.replay(stage, recorded),
      );
    },
    [Symbol.asyncDispose]: () => theatre[Symbol.asyncDispose](),
  };
}

/** The law with a trial that tells whether it asked for its seed. */
function watchSeed<Part>(law: Law<Part>): { law: Law<Part>; askedForSeed(): boolean } {
  let asked = false;
  const trial = async (stage: Stage<Part>): Promise<void> => {
    const { seed } = stage;
    const watched = Object.defineProperty({ ...stage }, "seed", {
      enumerable: true,
      get() {
        asked = true;
        return seed;
      },
    });
    await law.trial(watched);
  };
  return { law: { ...law, trial }, askedForSeed: () => asked };
}

/** Without programs nothing is tried. What a whole trial must meet, the programs need not. */
function withProgramsOnly<Part>(law: Law<Part>): Law<Part> {
  return { ...law, situations: [], trial: async (stage) => law.trial.programs?.run(stage) };
}
