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

/** A program, and how many of its schedules are run at most; all there are at an effort that has no number. */
export interface PlannedProgram {
  readonly program: Program;
  readonly runs?: ByEffort;
}

/** A state, and the programs that are run from it. */
export interface Situation<Binding> {
  /** How a witness calls it, such as "held by ann". */
  readonly title: string;
  /** Makes the state in empty tables; `session` is one of the application's. */
  readonly set: (binding: Binding, session: Session, database: Database) => Promise<void>;
  readonly programs: (binding: Binding) => readonly PlannedProgram[];
}

export interface EverySchedule<Binding> {
  /** What a run leaves, as it counts. */
  readonly left: (binding: Binding) => ReadState;
  readonly situations: readonly Situation<Binding>[];
}

/**
 * Runs programs of a few sessions under every schedule, those within the calls among them. Each run must answer and leave
 * what the same calls bring one after the other. Programs are run on several lanes at once, for some wait more than they
 * work; of those that go wrong, the first in order is told.
 */
export function everySchedule<Binding>({
  left,
  situations,
}: EverySchedule<Binding>): Trial<Binding> {
  return async (stage) => {
    const tasks = situations.flatMap((situation) =>
      situation.programs(stage.binding).flatMap((planned) => {
        const runs = planned.runs === undefined ? Infinity : atEffort(stage, planned.runs);
        return runs === 0 ? [] : [{ situation, program: planned.program, runs }];
      }),
    );
    const breaches: (Witness | undefined)[] = [];
    let next = 0;
    await Promise.all(
      (await stage.openLanes()).map(async (lane) => {
        noteRefused(stage, lane);
        let prepared: Situation<Binding> | undefined;
        // A program that comes after one that went wrong need not be run.
        while (next < tasks.length && breaches.length === 0) {
          const at = next;
          next += 1;
          const task = tasks[at];
          if (task === undefined) return;
          const { situation, program, runs } = task;
          if (prepared !== situation) await prepare(stage, lane, situation);
          prepared = situation;
          const bounds = { reduce: true, runs };
          const { report, breach } = await exploreProgram(
            lane,
            program,
            left(stage.binding),
            bounds,
          );
          stage.tally.explored(report);
          if (breach !== undefined) breaches[at] = witnessOf(situation.title, program, breach);
        }
      }),
    );
    const first = breaches.find((each) => each !== undefined);
    if (first !== undefined) throw new Discrepancy(first);
  };
}

function noteRefused<Binding>({ tally }: Stage<Binding>, lane: Lane): void {
  for (const { function: name, reason } of lane.gates.refused)
    tally.note(`${name} was tried without gates inside: ${reason}`);
}

async function prepare<Binding>(
  { binding }: Stage<Binding>,
  lane: Lane,
  { set }: Situation<Binding>,
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
    steps: breach.told.map(({ part, does, comesTo }) => ({
      who: program.parts[part]?.name ?? "",
      does,
      answer: comesTo,
    })),
    repeatable: breach.repeats,
  };
}
