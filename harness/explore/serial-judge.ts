import type { Reader } from "./setting.ts";
import { follow, type Guide } from "../schedule/follow.ts";
import { countThrough } from "./canonical.ts";
import type { Fate } from "./fault.ts";
import { keepActs } from "./kept-acts.ts";
import type { Lane } from "./lane.ts";
import type { ActRecord } from "./player.ts";
import { type Program, type Unit, unitsOf } from "./program.ts";
import { beginRun } from "./program-run.ts";
import { show } from "./recorder.ts";

/** What a run came to: all that callers were told and all that is left. */
export interface Outcome {
  readonly records: readonly (readonly ActRecord[])[];
  readonly state: unknown;
}

/** Reads what a program leaves, without instants and counters; numbers that only tell rows apart as `Id`. */
export type ReadState = (reader: Reader) => Promise<unknown>;

/**
 * Judges runs by what the same transactions bring one after the other on the same lane, in every order that keeps to
 * what really came first: nothing else is known of what the calls do. A call that refused because another was at work
 * counts as not made.
 */
export interface SerialJudge {
  /** Nothing if the run brought what some order brings; else what would have been right, and what was found. */
  judge(outcome: Outcome): Promise<Finding | undefined>;
  /** Runs the calls one after the other in some orders: from then on the lane knows where calls stop first. */
  rehearse(): Promise<void>;
}

export interface Finding {
  readonly expected: string;
  readonly happened: string;
  /** In one sentence, where it is not what came in between. */
  readonly cause?: string;
}

export function createSerialJudge(lane: Lane, program: Program, readState: ReadState): SerialJudge {
  const units = unitsOf(program);
  const known = new Map<string, string>();
  const bring = async (order: readonly Unit[], left: LeftOut): Promise<string> => {
    const turns = order.map(({ session, first }) => `${session}.${first}`);
    const key = [...turns, "without", ...left.unmade, "not told", ...left.untold].join(" ");
    const found = known.get(key) ?? (await runSerially(lane, program, order, left, readState));
    known.set(key, found);
    return found;
  };
  return {
    async rehearse() {
      await lane.firstStops.learn(async () => {
        const all = ordersOf(units, () => false);
        for (const order of program.isApart === true ? all.slice(0, 1) : someOf(all))
          await bring(order, nothingLeftOut);
      });
    },
    async judge(outcome) {
      const struck = struckActs(outcome);
      const refused = refusedActs(program, units, outcome);
      const orders = ordersOf(units, (one, other) => isBefore(one, other, outcome));
      const right = new Set<string>();
      const withoutRefused = { ...struck, unmade: struck.unmade.union(refused) };
      for (const left of refused.size === 0 ? [struck] : [struck, withoutRefused]) {
        const happened = tell(program, outcome, left);
        for (const order of orders) {
          const expected = await bring(order, left);
          if (expected === happened) return undefined;
          right.add(expected);
        }
      }
      return {
        expected: `what one after the other brings: ${[...right].join("; or ")}`,
        happened: tell(program, outcome, nothingLeftOut),
      };
    },
  };
}

/** Where a call stops first hardly depends on what came before: of many orders the first and the last will do. */
function someOf<Order>(all: readonly Order[]): readonly Order[] {
  return all.length <= mostRehearsed ? all : [...all.slice(0, 1), ...all.slice(-1)];
}

const mostRehearsed = 3;

/** Calls, as session and place. */
interface LeftOut {
  /** Those that count as not made. */
  readonly unmade: ReadonlySet<string>;
  /** Those that were made and whose answer nobody got. */
  readonly untold: ReadonlySet<string>;
}

const nothingLeftOut: LeftOut = { unmade: new Set(), untold: new Set() };

/** A call that was struck was made if its transaction was committed all the same. */
function struckActs({ records }: Outcome): LeftOut {
  const withFate = (fate: Fate): ReadonlySet<string> =>
    new Set(
      records.flatMap((own, session) =>
        own.flatMap((record, at) => (record.fate === fate ? [`${session}.${at}`] : [])),
      ),
    );
  return { unmade: withFate("aborted"), untold: withFate("committed") };
}

/** All orders of transactions that keep each session's own, and to what must precede what. */
function ordersOf(
  units: readonly Unit[],
  mustPrecede: (one: Unit, other: Unit) => boolean,
): readonly (readonly Unit[])[] {
  if (units.length === 0) return [[]];
  const mayBeFirst = units.filter((unit) =>
    units.every(
      (other) =>
        other === unit ||
        (!(other.session === unit.session && other.first < unit.first) &&
          !mustPrecede(other, unit)),
    ),
  );
  return mayBeFirst.flatMap((first) =>
    ordersOf(
      units.filter((unit) => unit !== first),
      mustPrecede,
    ).map((rest) => [first].concat(rest)),
  );
}

function isBefore(one: Unit, other: Unit, outcome: Outcome): boolean {
  return spanOf(one, outcome).ended < spanOf(other, outcome).began;
}

/** The steps from the first in which a transaction touched anything to the one in which it ended. */
function spanOf(
  { session, first, last }: Unit,
  { records }: Outcome,
): { began: number; ended: number } {
  const own = (records[session] ?? []).slice(first, last + 1);
  const calls = own.filter(({ act }) => act.kind === "call");
  return {
    began: Math.min(...(calls.length > 0 ? calls : own).map(({ began }) => began)),
    ended: Math.max(...own.map(({ ended }) => ended)),
  };
}

/** The calls, as session and place, that count as not made: they refused, or their transaction failed, while others were at work. */
function refusedActs(
  program: Program,
  units: readonly Unit[],
  outcome: Outcome,
): ReadonlySet<string> {
  const refused = units
    .filter((unit) =>
      units.some(
        (other) =>
          other.session !== unit.session &&
          !isBefore(unit, other, outcome) &&
          !isBefore(other, unit, outcome),
      ),
    )
    .flatMap((unit) => {
      const { session, first, last } = unit;
      const calls = (outcome.records[session] ?? []).slice(first, last + 1);
      const failed = calls.some((record) => isFailure(program, session, record));
      return calls.flatMap((record, at) =>
        record.act.kind === "call" && (failed || record.act.refuses?.(record.answer) === true)
          ? [`${session}.${first + at}`]
          : [],
      );
    });
  return new Set(refused);
}

/** Where a snapshot is kept, a transaction may be refused for it, and an insert may meet a row that it does not see. */
function isFailure({ scripts }: Program, session: number, { act, answer }: ActRecord): boolean {
  if (answer.kind !== "error") return false;
  if (act.refuses?.(answer) === true) return true;
  return (
    scripts[session]?.isolation !== "read committed" && ["40001", "23505"].includes(answer.sqlstate)
  );
}

/** What came of a run in one text, which is equal for equal outcomes; calls that are left out are not told. */
function tell(program: Program, { records, state }: Outcome, { unmade, untold }: LeftOut): string {
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

async function runSerially(
  lane: Lane,
  program: Program,
  order: readonly Unit[],
  { unmade, untold }: LeftOut,
  readState: ReadState,
): Promise<string> {
  const made = program.scripts.map(({ acts }, session) =>
    Array.from(acts.keys()).filter((at) => !unmade.has(`${session}.${at}`)),
  );
  const { scripts } = keepActs(program, made);
  const turns = order.map(({ session, last }) => ({
    session,
    until: (made[session] ?? []).filter((at) => at <= last).length,
  }));
  const run = await beginRun(lane, { title: program.title, scripts });
  await follow(run, inTurn(turns));
  const outcome = { records: run.records(), state: await readState(lane.reader) };
  const places = made.flatMap((own, session) =>
    own.flatMap((at, place) => (untold.has(`${session}.${at}`) ? [`${session}.${place}`] : [])),
  );
  return tell({ ...program, scripts }, outcome, { unmade: new Set(), untold: new Set(places) });
}

/** Lets each session go on for as long as it is before the act that its turn ends with. */
function inTurn(turns: readonly { session: number; until: number }[]): Guide {
  let at = 0;
  return (enabled) => {
    for (; at < turns.length; at += 1) {
      const turn = turns[at];
      const step = enabled.find(
        ({ session, from }) => session === turn?.session && Number.parseInt(from, 10) < turn.until,
      );
      if (step !== undefined) return step;
    }
    return enabled[0];
  };
}
