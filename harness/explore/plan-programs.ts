import type { Isolation } from "../postgres/session.ts";
import type { PlannedProgram } from "./every-schedule.ts";
import { type Act, type Part, transactionAct } from "./program.ts";

/** What a session does, and who that is. */
export interface Doing {
  readonly name: string;
  readonly acts: readonly Act[];
}

/** Two sessions in READ COMMITTED, each call a transaction of its own. Every schedule is run at default effort. */
export function planAlone(one: Doing, other: Doing): PlannedProgram {
  return {
    program: { title: titleOf(one, other), parts: [alone(one), alone(other)] },
    runs: { quick: 0, default: Infinity, thorough: Infinity },
  };
}

/**
 * The same, and then with the first one's calls in a transaction that is committed or rolled back, and at the other
 * isolation levels, where at default effort a few schedules stand for all.
 */
export function planPair(one: Doing, other: Doing): readonly PlannedProgram[] {
  const title = titleOf(one, other);
  return [
    { ...planAlone(one, other), runs: { quick: 2, default: Infinity, thorough: Infinity } },
    {
      program: {
        ...planAlone(one, other).program,
        title: `${title}, both begun early`,
        beginsEarly: true,
      },
      runs: { quick: 0, default: 12, thorough: Infinity },
    },
    ...(["commit", "rollback"] as const).map((end) => ({
      program: {
        title: `${title}, ${one.name} in a transaction with ${end}`,
        parts: [within(one, end), alone(other)],
      },
      runs: { quick: 0, default: 12, thorough: Infinity },
    })),
    ...(["repeatable read", "serializable"] as const).map((isolation) => ({
      program: {
        title: `${title} (${isolation})`,
        parts: [within(one, "commit", isolation), alone(other, isolation)],
      },
      runs: { quick: 0, default: 4, thorough: Infinity },
    })),
  ];
}

function titleOf(one: Doing, other: Doing): string {
  return `${one.name} beside ${other.name}`;
}

function alone({ name, acts }: Doing, isolation: Isolation = "read committed"): Part {
  return { name, isolation, acts };
}

function within(
  { name, acts }: Doing,
  end: "commit" | "rollback",
  isolation: Isolation = "read committed",
): Part {
  return { name, isolation, acts: [transactionAct("begin"), ...acts, transactionAct(end)] };
}
