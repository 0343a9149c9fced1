import {
  type Execution,
  isPreemption,
  isSameStep,
  named,
  type Schedule,
  type Step,
  type Stride,
  type Taken,
} from "./execution.ts";
import { anything, type Footprint, isDependent } from "./footprint.ts";

/** A program that can be run again and again. */
export interface Program {
  /** Begins a run, always in the same state. */
  begin(): Promise<Execution>;
  /** Judges a run in which every session has ended, and answers whether the search goes on. */
  finish(schedule: Schedule, preemptions: number): Promise<boolean>;
  /** Gives up a run half way: it went astray, or leads where another run has led. */
  abandon(): Promise<void>;
}

/** How much of all schedules is tried. */
export interface SearchBounds {
  /** Leaves out schedules that differ from one that was run only in the order of independent steps. */
  readonly reduce: boolean;
  /** At most so many preemptions a schedule. Nothing is reduced then: the bound may forbid the schedule that stands for another. */
  readonly preemptions?: number;
  /** At most so many runs are begun. */
  readonly runs?: number;
}

export interface SearchReport {
  /** Schedules that were run to their end and judged. */
  readonly run: number;
  /** Branches that were not followed: they lead where another has led. */
  readonly pruned: number;
  /** Branches that the bounds left out, or that could not be reached again. */
  readonly leftOut: number;
  /** Runs that went another way than the same steps had led before, as when a wait ran out in between. */
  readonly strayed: number;
  /** Whether every schedule was run, up to equivalence if reduced. */
  readonly exhausted: boolean;
}

/**
 * Runs a program under every schedule, depth first, each time from its beginning: a run follows the one before up to the
 * last place where something is left to try, and goes on from there with the same session for as long as that can. Where
 * nothing is chosen, steps are taken many at once. With sleep sets (Godefroid, Partial-Order Methods for the Verification of
 * Concurrent Systems, 1996), of schedules that differ only in the order of independent steps one is run.
 */
export async function search(program: Program, bounds: SearchBounds): Promise<SearchReport> {
  const walk: Walk = {
    path: [],
    reduce: bounds.reduce && bounds.preemptions === undefined,
    mostPreemptions: bounds.preemptions ?? Infinity,
    count: { run: 0, pruned: 0, leftOut: 0, strayed: 0 },
  };
  const { count } = walk;
  let attempts = 0;
  for (let begun = 0; begun < (bounds.runs ?? Infinity); begun += 1) {
    let end = await runOnce(program, walk, attempts === 0 ? "many at once" : "one by one");
    if (end === "unseen") end = await runOnce(program, walk, "one by one");
    if (end === "finished" || end === "stopped") count.run += 1;
    if (end === "stopped") break;
    if (end === "finished" && begun === 0 && standsForAll(walk)) {
      for (const { enabled } of walk.path) count.pruned += enabled.length - 1;
      return { ...count, exhausted: true };
    }
    if (end === "strayed") {
      count.strayed += 1;
      attempts += 1;
      if (attempts < mostAttempts) continue;
      count.leftOut += 1;
    }
    attempts = 0;
    if (!turnToNext(walk)) return { ...count, exhausted: count.leftOut === 0 };
  }
  return { ...count, exhausted: false };
}

/** Whether no step of one session depends on any of another's: then every schedule differs only in the order of such. */
function standsForAll({ path, reduce }: Walk): boolean {
  return (
    reduce &&
    path.every(({ chosen, footprint }, at) =>
      path
        .slice(at + 1)
        .every(
          (later) =>
            later.chosen.session === chosen.session || !isDependent(later.footprint, footprint),
        ),
    )
  );
}

/** How often a way that was strayed from is tried before it is left out. */
const mostAttempts = 5;

interface Walk {
  /** The places on the way of the last run, each with what was chosen there. */
  readonly path: Place[];
  readonly reduce: boolean;
  readonly mostPreemptions: number;
  readonly count: { run: number; pruned: number; leftOut: number; strayed: number };
}

/** Where a choice was made. */
interface Place {
  readonly enabled: readonly Step[];
  readonly last: Step | undefined;
  /** Preemptions on the way here. */
  readonly preempted: number;
  /** What need not be tried here: it was tried from an earlier place, and nothing since then depends on it. */
  readonly asleep: readonly Tried[];
  /** What was tried here before what is chosen now. */
  readonly tried: Tried[];
  chosen: Step;
  /** Of the chosen step, once it was taken. */
  footprint: Footprint;
}

interface Tried {
  readonly step: Step;
  readonly footprint: Footprint;
}

type End =
  | "finished"
  | "stopped"
  | "cut"
  | "strayed"
  /** Something was passed at which nobody had ever looked. */
  | "unseen";

type Pace = "one by one" | "many at once";

async function runOnce(program: Program, walk: Walk, pace: Pace): Promise<End> {
  const { path } = walk;
  const execution = await program.begin();
  const giveUp = async (end: End): Promise<End> => {
    await program.abandon();
    return end;
  };
  let enabled = execution.enabled();
  let underWay: readonly Taken[] = [];
  for (let depth = 0; ; depth += 1) {
    const known = path[depth];
    if (enabled.length === 0 && known === undefined) {
      const schedule = named(path.map(({ chosen }) => chosen));
      const goesOn = await program.finish(schedule, preemptionsUpTo(path.at(-1)));
      return goesOn ? "finished" : "stopped";
    }
    if (known !== undefined && !areSame(known.enabled, enabled)) return await giveUp("strayed");
    const place = known ?? openPlace(walk, enabled);
    if (place === undefined) return await giveUp("cut");
    const stride = pace === "one by one" ? "one" : strideFrom(path, depth);
    if (underWay.length === 0) underWay = await execution.take(place.chosen, stride);
    const [taken, ...others] = underWay;
    if (taken === undefined || !isSameStep(taken.step, place.chosen))
      return await giveUp("strayed");
    if (taken.footprint === undefined) return await giveUp("unseen");
    place.footprint = taken.footprint;
    ({ enabled } = taken);
    underWay = others;
  }
}

/** From a place on the path to the next one where something else is chosen, or where others come to move; from the last one on, far. */
function strideFrom(path: readonly Place[], depth: number): Stride {
  const place = path[depth];
  if (place === undefined || depth === path.length - 1) return "far";
  const { session } = place.chosen;
  const turn = path.findIndex(
    (each, at) =>
      at > depth &&
      (each.chosen.session !== session ||
        at === path.length - 1 ||
        !areSame(without(session, each.enabled), without(session, place.enabled))),
  );
  return { until: path[turn]?.enabled.find((step) => step.session === session) };
}

function without(session: number, steps: readonly Step[]): readonly Step[] {
  return steps.filter((step) => step.session !== session);
}

/** Adds a place to the path with the first thing to try there; nothing if all that may be done there was done elsewhere. */
function openPlace(walk: Walk, enabled: readonly Step[]): Place | undefined {
  const parent = walk.path.at(-1);
  const last = parent?.chosen;
  const preempted = preemptionsUpTo(parent);
  const asleep = parent === undefined || !walk.reduce ? [] : stillAsleep(parent);
  walk.count.pruned += enabled.filter((step) => isAmong(asleep, step)).length;
  const [chosen] = choices(walk, { enabled, last, preempted, asleep, tried: [] });
  if (chosen === undefined) return undefined;
  const place = { enabled, last, preempted, asleep, tried: [], chosen, footprint: anything };
  walk.path.push(place);
  return place;
}

/** On the way to a place, and by what was chosen there. */
function preemptionsUpTo(place: Place | undefined): number {
  if (place === undefined) return 0;
  return place.preempted + (isPreemption(place.chosen, place.last, place.enabled) ? 1 : 0);
}

/** What slept or was tried where the last step was taken, and does not depend on that step. */
function stillAsleep({ asleep, tried, footprint }: Place): readonly Tried[] {
  return [...asleep, ...tried].filter((each) => !isDependent(each.footprint, footprint));
}

/** Goes back to the last place where something is left to try and chooses it; false if there is none. */
function turnToNext(walk: Walk): boolean {
  for (let place = walk.path.at(-1); place !== undefined; place = walk.path.at(-1)) {
    place.tried.push({ step: place.chosen, footprint: place.footprint });
    const [next] = choices(walk, place);
    if (next !== undefined) {
      place.chosen = next;
      place.footprint = anything;
      return true;
    }
    walk.count.leftOut += place.enabled.length - place.tried.length - sleepersAt(place);
    walk.path.pop();
  }
  return false;
}

function sleepersAt({ enabled, asleep }: Place): number {
  return enabled.filter((step) => isAmong(asleep, step)).length;
}

/** What is left to try at a place, the session that took the last step first: the shortest detours come first. */
function choices(
  { mostPreemptions }: Walk,
  place: Pick<Place, "enabled" | "last" | "preempted" | "asleep" | "tried">,
): readonly Step[] {
  const { enabled, last, preempted, asleep, tried } = place;
  const left = enabled.filter(
    (step) =>
      !isAmong(asleep, step) &&
      !isAmong(tried, step) &&
      preempted + (isPreemption(step, last, enabled) ? 1 : 0) <= mostPreemptions,
  );
  return left.toSorted((one, other) => rank(one, last) - rank(other, last));
}

function rank(step: Step, last: Step | undefined): number {
  return step.session === last?.session ? -1 : step.session;
}

function isAmong(all: readonly Tried[], step: Step): boolean {
  return all.some((each) => isSameStep(each.step, step));
}

function areSame(some: readonly Step[], others: readonly Step[]): boolean {
  return (
    some.length === others.length &&
    some.every((step, at) => {
      const other = others[at];
      return other !== undefined && isSameStep(step, other);
    })
  );
}
