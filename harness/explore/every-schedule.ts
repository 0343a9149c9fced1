import type { Database } from "../postgres/database.ts";
import type { Session } from "../postgres/session.ts";
import { atEffort, type Stage } from "./stage.ts";
import type { ByEffort } from "../verdict/effort.ts";
import type { Witness } from "../verdict/verdict.ts";
import { Discrepancy } from "./discrepancy.ts";
import { type Breach, exploreProgram } from "./explore-program.ts";
import type { Lane } from "./lane.ts";
import type { Program } from "./program.ts";
import type { ReadState } from "./serial-judge.ts";
import type { Trial } from "./trial.ts";

/** A program, and how many of its schedules are run at most. */
export interface PlannedProgram {
  readonly program: Program;
  readonly runs: ByEffort;
}

/** A state, and the programs that are run from it. */
export interface StartingState<Binding> {
  /** How a witness calls it, such as "held by ann". */
  readonly title: string;
  /** Makes the state in empty tables; `session` is one of the application's. */
  readonly set: (binding: Binding, session: Session, database: Database) => Promise<void>;
  readonly programs: (binding: Binding) => readonly PlannedProgram[];
}

export interface EverySchedule<Binding> {
  /** What a run leaves, as it counts. */
  readonly left: (binding: Binding) => ReadState;
  readonly states: readonly StartingState<Binding>[];
}

/**
 * Runs programs of a few sessions under every schedule, those within the calls among them. Each run must answer and leave
 * what the same calls bring one after the other. Programs are run on several lanes at once, for some wait more than they
 * work; of those that go wrong, the first in order is told.
 */
export function everySchedule<Binding>({ left, states }: EverySchedule<Binding>): Trial<Binding> {
  return async (stage) => {
    const tasks = states.flatMap((state) =>
      state.programs(stage.binding).flatMap(({ program, runs }) => {
        const most = atEffort(stage, runs);
        return most === 0 ? [] : [{ state, program, bounds: { reduce: true, runs: most } }];
      }),
    );
    if (tasks.length === 0) return;
    const breaches: (Witness | undefined)[] = [];
    const readState = left(stage.binding);
    const queue = tasks.entries();
    const work = async (lane: Lane): Promise<void> => {
      let prepared: StartingState<Binding> | undefined;
      for (const [at, { state, program, bounds }] of queue) {
        // What comes after a program that went wrong need not be run.
        if (breaches.length > 0) return;
        if (prepared !== state) await prepare(stage, lane, state);
        prepared = state;
        const { report, breach } = await exploreProgram(lane, program, readState, bounds);
        stage.tally.explored(report);
        if (breach !== undefined) breaches[at] = witnessOf(state.title, program, breach);
      }
    };
    const lanes = await stage.openLanes();
    noteRefused(stage, lanes, tasks);
    // None is left at work when another fails: its sessions are still needed.
    const ends = await Promise.allSettled(lanes.map(work));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    const first = breaches.find((each) => each !== undefined);
    if (first !== undefined) throw new Discrepancy(first);
  };
}

/** Of the functions that could not be gated, those that a program calls itself. */
function noteRefused<Binding>(
  { tally }: Stage<Binding>,
  [lane]: readonly Lane[],
  tasks: readonly { readonly program: Program }[],
): void {
  const texts = tasks.flatMap(({ program }) => program.scripts.flatMap(({ acts }) => acts));
  for (const { function: signature, reason } of lane?.gates.refused ?? []) {
    const name = signature.slice(0, signature.indexOf("("));
    if (texts.some(({ text }) => text.includes(name)))
      tally.note(`${signature} was tried without gates inside: ${reason}`);
  }
}

async function prepare<Binding>(
  { binding }: Stage<Binding>,
  lane: Lane,
  { set }: StartingState<Binding>,
): Promise<void> {
  await lane.prepare(async (database) => {
    const session = await database.lend({ name: "setter", role: "app" });
    await set(binding, session, database);
    await database.rest(session);
  });
}

function witnessOf(title: string, program: Program, breach: Breach): Witness {
  return {
    trial: `${program.title}, ${title}`,
    ...breach.finding,
    steps: breach.told.map(({ session, does, comesTo }) => ({
      who: program.scripts[session]?.name ?? "",
      does,
      answer: comesTo,
    })),
    repeatable: breach.repeats,
  };
}
