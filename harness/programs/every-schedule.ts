import type { ByEffort } from "../verdict/effort.ts";
import type { RecordedSchedule } from "../verdict/shown-schedule.ts";
import type { Witness } from "../verdict/verdict.ts";
import { Discrepancy } from "../explore/discrepancy.ts";
import { type ExploreBounds, exploreProgram, replaySchedule } from "./explore-program.ts";
import { keepActs } from "./kept-acts.ts";
import type { Lane } from "./lane.ts";
import type { Program } from "./program.ts";
import type { ReadState } from "./read-state.ts";
import { prepareLane, type Setting } from "./setting.ts";
import { atEffort, type Stage } from "../explore/stage.ts";
import { tellBreach, tellSteps } from "./tell-breach.ts";
import type { Replayed, Trial } from "../explore/trial.ts";

/** A program, and how many of its schedules are run at most. */
export interface PlannedProgram {
  readonly program: Program;
  readonly runs: ByEffort;
  /** How many preemptions a schedule has at most, but for thorough efforts. */
  readonly preemptions?: number;
  /** Whether, but for thorough efforts, its schedules are drawn at random. */
  readonly isDrawn?: boolean;
}

/** A state, and the programs that are run from it. */
export interface StartingState<Binding> {
  /** How a witness calls it, such as "held by ann". */
  readonly title: string;
  /** Makes the state in empty tables, by the application's calls. */
  readonly set: (binding: Binding, setting: Setting) => Promise<void>;
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
export function everySchedule<Binding>(programs: EverySchedule<Binding>): Trial<Binding> {
  const run = (stage: Stage<Binding>): Promise<void> => runAll(programs, stage);
  return Object.assign((stage: Stage<Binding>) => run(stage), {
    programs: {
      run,
      replay: (stage: Stage<Binding>, recorded: RecordedSchedule) =>
        replayRecorded(programs, stage, recorded),
    },
  });
}

async function runAll<Binding>(
  { left, states }: EverySchedule<Binding>,
  stage: Stage<Binding>,
): Promise<void> {
  const tasks = states.flatMap((state) =>
    state.programs(stage.binding).flatMap(({ program, ...planned }) => {
      const bounds = boundsOf(stage, planned);
      return bounds.runs === 0 ? [] : [{ state, program, bounds }];
    }),
  );
  if (tasks.length === 0) return;
  const breaches: (Witness | undefined)[] = [];
  const readState = left(stage.binding);
  const queue = tasks.entries();
  const work = async (lane: Lane): Promise<void> => {
    let prepared: Prepared<Binding> | undefined;
    for (const [at, { state, program, bounds }] of queue) {
      // What comes after a program that went wrong need not be run.
      if (breaches.length > 0) return;
      if (prepared?.state !== state) prepared = await prepare(stage, lane, state);
      const { report, breach } = await exploreProgram(lane, program, readState, bounds);
      stage.tally.explored(report);
      if (program.fault !== undefined) stage.tally.count("faults", report.run);
      if (breach === undefined && isMeantWhole(bounds) && !report.exhausted)
        stage.tally.note(
          `not every schedule of "${program.title}", ${state.title}, could be reached again: ${report.leftOut} branches are left`,
        );
      if (breach === undefined) continue;
      breaches[at] = await tellBreach({ lane, ...prepared, program, readState }, breach);
    }
  };
  const lanes = await stage.openLanes();
  noteRefused(stage, lanes, tasks);
  // None is left at work when another fails: its sessions are still needed.
  const ends = await Promise.allSettled(lanes.map(work));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  const first = breaches.find((each) => each !== undefined);
  if (first !== undefined) throw new Discrepancy(first);
}

/** Whether the bounds leave nothing out. */
function isMeantWhole(bounds: ExploreBounds): boolean {
  return bounds.runs === Infinity && !("seed" in bounds) && bounds.preemptions === undefined;
}

function boundsOf<Binding>(
  stage: Stage<Binding>,
  { runs, preemptions, isDrawn = false }: Omit<PlannedProgram, "program">,
): ExploreBounds & { readonly runs: number } {
  const most = atEffort(stage, runs);
  if (stage.effort === "thorough") return { reduce: true, runs: most };
  if (isDrawn) return { runs: most, seed: stage.seed };
  return { reduce: true, runs: most, ...(preemptions === undefined ? {} : { preemptions }) };
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

interface Prepared<Binding> {
  readonly state: StartingState<Binding>;
  /** The statements that made it. */
  readonly before: readonly string[];
}

async function prepare<Binding>(
  { binding }: Stage<Binding>,
  lane: Lane,
  state: StartingState<Binding>,
): Promise<Prepared<Binding>> {
  const before = await prepareLane(lane, (setting) => state.set(binding, setting));
  return { state, before };
}

async function replayRecorded<Binding>(
  { left, states }: EverySchedule<Binding>,
  stage: Stage<Binding>,
  recorded: RecordedSchedule,
): Promise<Replayed | undefined> {
  const state = states.find(({ title }) => title === recorded.state);
  const planned = state?.programs(stage.binding) ?? [];
  const found = planned.find(({ program }) => program.title === recorded.program);
  const [lane] = await stage.openLanes();
  if (state === undefined || found === undefined || lane === undefined) return undefined;
  const readState = left(stage.binding);
  const prepared = await prepare(stage, lane, state);
  const program = keepActs(found.program, recorded.kept);
  const replay = await replaySchedule(lane, program, readState, recorded.steps);
  const steps = tellSteps(program, replay.told);
  const sessions = program.scripts.map(({ name }) => name);
  if (replay.kind === "strayed") return { ...replay, steps, sessions };
  const { finding, told, met } = replay;
  if (finding === undefined) return { kind: "holds", steps, sessions };
  const scene = { lane, ...prepared, program: found.program, readState };
  const breach = { finding, told, met, kept: recorded.kept, schedule: recorded.steps };
  return { kind: "broken", witness: await tellBreach(scene, { ...breach, repeats: true }) };
}
