import type { Isolation } from "../postgres/session.ts";
import type { ByEffort } from "../verdict/effort.ts";
import { everySchedule, type PlannedProgram, type StartingState } from "./every-schedule.ts";
import { type Act, type Script, transactionAct } from "./program.ts";
import type { ReadState } from "./read-state.ts";
import type { Trial } from "../explore/trial.ts";

/** A state that the rows can be in when two sessions begin. */
export interface PairState<Binding> extends Pick<StartingState<Binding>, "title" | "set"> {
  /** Whether it is one of those in which more is tried: another key, transactions, isolation levels, and quick runs at all. */
  readonly isUsual?: boolean;
}

/** What two sessions do at once. */
export interface Pair {
  readonly one: Doing;
  readonly other: Doing;
  /** Who else may do the same as the other one, such as another session of the first one's. */
  readonly instead?: readonly Doing[];
  /** Who does the same about another key. */
  readonly elsewhere?: readonly Doing[];
}

/** Runs pairs of sessions under every schedule, from every state, and from usual ones three sessions under some. */
export function everyPair<Binding>(options: {
  readonly left: (binding: Binding) => ReadState;
  readonly states: readonly PairState<Binding>[];
  readonly pairs: (binding: Binding) => readonly Pair[];
}): Trial<Binding> {
  return everySchedule<Binding>({
    left: options.left,
    states: options.states.map(({ title, set, isUsual = false }) => ({
      title,
      set,
      programs: (binding) =>
        options.pairs(binding).flatMap(({ one, other, instead = [], elsewhere = [] }) => {
          const others = isUsual ? instead.concat(elsewhere) : instead;
          const third = instead[0] ?? { ...other, name: `${other.name} again` };
          const unlike = others.filter((each) => !doSame(each, other));
          return planPair(one, other, isUsual).concat(
            unlike.map((each) => planAlone(one, each)),
            isUsual ? [planTriple(one, other, third)] : [],
          );
        }),
    })),
  });
}

/** Some calls are the same whoever makes them, about whatever. */
function doSame(one: Doing, other: Doing): boolean {
  return one.acts.every(({ text }, at) => text === other.acts[at]?.text);
}

/** What a session does, and who that is. */
export interface Doing {
  readonly name: string;
  readonly acts: readonly Act[];
}

/** More than a pair shows: a few calls each, perhaps about several keys or in several names, from one state. */
export interface Story<Binding> {
  readonly title: string;
  readonly state: PairState<Binding>;
  readonly sessions: (binding: Binding) => readonly Doing[];
  readonly beginsEarly?: boolean;
  /** At default effort those schedules are run that have at most so many preemptions: as many as it is there to show. */
  readonly preemptions: number;
}

/** Runs stories in READ COMMITTED; at quick effort none. */
export function everyStory<Binding>(options: {
  readonly left: (binding: Binding) => ReadState;
  readonly stories: readonly Story<Binding>[];
}): Trial<Binding> {
  const byState = Map.groupBy(options.stories, ({ state }) => state.title);
  return everySchedule<Binding>({
    left: options.left,
    states: [...byState].flatMap(([title, stories]) =>
      stories.slice(0, 1).map(({ state }) => ({
        title,
        set: state.set,
        programs: (binding) => stories.map((story) => planStory(binding, story)),
      })),
    ),
  });
}

function planStory<Binding>(
  binding: Binding,
  { title, sessions, beginsEarly = false, preemptions }: Story<Binding>,
): PlannedProgram {
  const scripts = sessions(binding).map((each) => alone(each));
  return {
    program: { title, scripts, beginsEarly },
    runs: { quick: 0, default: Infinity, thorough: Infinity },
    preemptions,
  };
}

/** The calls of a session in one transaction. */
export function within(acts: readonly Act[], end: "commit" | "rollback"): readonly Act[] {
  return [transactionAct("begin"), ...acts, transactionAct(end)];
}

/**
 * Two sessions in READ COMMITTED, each call a transaction of its own. Of one call beside another every schedule is run at
 * default effort; of more, a number of them.
 */
function planAlone(one: Doing, other: Doing): PlannedProgram {
  return {
    program: { title: titleOf(one, other), scripts: [alone(one), alone(other)] },
    runs: { quick: 0, default: allOfPairs(one, other), thorough: Infinity },
  };
}

/** Three sessions, each call a transaction of its own: too many schedules to run them all but at thorough effort. */
function planTriple(one: Doing, other: Doing, third: Doing): PlannedProgram {
  return {
    program: {
      title: `${titleOf(one, other)} and ${third.name}`,
      scripts: [one, other, third].map((each) => alone(each)),
    },
    runs: { quick: 0, default: 4, thorough: Infinity },
    isDrawn: true,
  };
}

function allOfPairs(one: Doing, other: Doing): number {
  return one.acts.length + other.acts.length === 2 ? Infinity : 20;
}

/**
 * The same, and then with calls that were begun early, with the first one's in a transaction that is committed or rolled
 * back, and at the other isolation levels: there, at default effort and in usual states, a few schedules stand for all.
 */
function planPair(one: Doing, other: Doing, isUsual: boolean): PlannedProgram[] {
  const title = titleOf(one, other);
  const planned = planAlone(one, other);
  const { program } = planned;
  const some: ByEffort = { quick: 0, default: isUsual ? 6 : 0, thorough: Infinity };
  const few: ByEffort = { quick: 0, default: isUsual ? 2 : 0, thorough: Infinity };
  return [
    { program, runs: { ...planned.runs, quick: isUsual ? 2 : 0 } },
    { program: { ...program, title: `${title}, both begun early`, beginsEarly: true }, runs: some },
    ...(["commit", "rollback"] as const).map((end) => ({
      program: {
        title: `${title}, ${one.name} in a transaction with ${end}`,
        scripts: [alone({ ...one, acts: within(one.acts, end) }), alone(other)],
      },
      runs: some,
    })),
    ...(["repeatable read", "serializable"] as const).map((isolation) => ({
      program: {
        title: `${title} (${isolation})`,
        scripts: [
          alone({ ...one, acts: within(one.acts, "commit") }, isolation),
          alone(other, isolation),
        ],
      },
      runs: few,
    })),
  ];
}

function titleOf(one: Doing, other: Doing): string {
  return `${one.name} beside ${other.name}`;
}

function alone({ name, acts }: Doing, isolation: Isolation = "read committed"): Script {
  return { name, isolation, acts };
}
