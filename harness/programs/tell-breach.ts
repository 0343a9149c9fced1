import type { Witness, WitnessStep } from "../verdict/verdict.ts";
import { describeCause } from "./describe-cause.ts";
import type { Breach } from "./explore-program.ts";
import { keepActs } from "./kept-acts.ts";
import type { Lane } from "./lane.ts";
import { mergeSteps } from "./merge-steps.ts";
import type { Program } from "./program.ts";
import type { ToldStep } from "./scene.ts";
import type { ReadState } from "./read-state.ts";
import { keepingQuestions } from "./read-state.ts";
import { writeScript } from "./write-script.ts";

/** Where a program went wrong. */
export interface BreachScene {
  readonly lane: Lane;
  readonly state: { readonly title: string };
  /** The statements that made the state. */
  readonly before: readonly string[];
  readonly program: Program;
  readonly readState: ReadState;
}

/** The witness of a schedule that went wrong, with all that it takes to see it again. */
export async function tellBreach(scene: BreachScene, breach: Breach): Promise<Witness> {
  const { lane, program, before } = scene;
  const { finding, met, kept } = breach;
  const told = mergeSteps(breach.told);
  const { scripts } = keepActs(program, kept);
  const sessions = scripts.map(({ name }) => name);
  const { reader, questions } = keepingQuestions(lane.reader);
  await scene.readState(reader);
  const title = `${program.title}, ${scene.state.title}`;
  const gates = { ...lane.gates, ...lane };
  const cause = finding.cause ?? describeCause(told, sessions, gates);
  const script = { title, cause, finding, scripts, told, met, before, after: questions };
  return {
    trial: title,
    expected: finding.expected,
    happened: finding.happened,
    steps: inWords({ scripts }, told),
    repeatable: breach.repeats,
    schedule: {
      sessions,
      cause,
      recorded: {
        state: scene.state.title,
        program: program.title,
        kept,
        steps: breach.schedule,
      },
      script: writeScript(script, gates),
    },
  };
}

/** What happened in a run, step by step. */
export function tellSteps(program: Program, told: readonly ToldStep[]): readonly WitnessStep[] {
  return inWords(program, mergeSteps(told));
}

function inWords(
  { scripts }: Pick<Program, "scripts">,
  told: readonly ToldStep[],
): readonly WitnessStep[] {
  return told.map(({ session, does, answer }) => ({
    who: scripts[session]?.name ?? "",
    does,
    answer,
  }));
}
