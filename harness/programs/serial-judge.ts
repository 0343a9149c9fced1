import type { Fate } from "./fault.ts";
import type { Lane } from "./lane.ts";
import { type LeftOut, nothingLeftOut, type Outcome, tellOutcome } from "./outcome.ts";
import type { ActRecord } from "./player.ts";
import { type Program, type Unit, unitsOf } from "./program.ts";
import type { ReadState } from "./read-state.ts";
import { runSerially } from "./run-serially.ts";

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
        const happened = tellOutcome(program, outcome, left);
        for (const order of orders) {
          const expected = await bring(order, left);
          if (expected === happened) return undefined;
          right.add(expected);
        }
      }
      return {
        expected: `what one after the other brings: ${[...right].join("; or ")}`,
        happened: tellOutcome(program, outcome, nothingLeftOut),
      };
    },
  };
}

/** Where a call stops first hardly depends on what came before: of many orders the first and the last will do. */
function someOf<Order>(all: readonly Order[]): readonly Order[] {
  return all.length <= mostRehearsed ? all : [...all.slice(0, 1), ...all.slice(-1)];
}

const mostRehearsed = 3;

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
