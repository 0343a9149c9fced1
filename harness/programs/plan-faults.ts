import type { ByEffort } from "../verdict/effort.ts";
import { crashAtGate } from "./crash-at-gate.ts";
import { everySchedule, type PlannedProgram } from "./every-schedule.ts";
import { describeFault, type Fault } from "./fault.ts";
import type { Doing, PairState } from "./plan-programs.ts";
import type { Script } from "./program.ts";
import type { ReadState } from "./read-state.ts";
import { inOrder, type Trial } from "../explore/trial.ts";

/** Who is struck, who is at work beside, and who is about something else. */
export interface StruckPair {
  readonly struck: Doing;
  readonly beside: Doing;
  readonly elsewhere?: Doing;
}

export interface FaultTrial<Binding> {
  readonly left: (binding: Binding) => ReadState;
  readonly state: PairState<Binding>;
  readonly pair: (binding: Binding) => StruckPair;
}

/**
 * Strikes the first session of a pair while it is held at a gate, by cancelling, ending or cutting it off, or by killing the
 * server; who got no answer calls again. At default effort that is its last gate before the commit, in a few schedules;
 * thorough ones take all gates, under every schedule.
 */
export function everyFault<Binding>({ left, state, pair }: FaultTrial<Binding>): Trial<Binding> {
  return inOrder(
    everySchedule<Binding>({
      left,
      states: [
        { title: state.title, set: state.set, programs: (binding) => planFaults(pair(binding)) },
      ],
    }),
    crashAtGate<Binding>({
      left,
      state,
      program: (binding) => {
        const { struck, beside, elsewhere } = pair(binding);
        const others = elsewhere === undefined ? [beside] : [elsewhere, beside];
        return {
          title: titleOf(struck, beside),
          scripts: [struck, ...others].map((each) => alone(each)),
        };
      },
    }),
  );
}

function planFaults({ struck, beside }: StruckPair): readonly PlannedProgram[] {
  const again = { name: struck.name, acts: [...struck.acts, ...struck.acts] };
  const plan = (fault: Omit<Fault, "session">, runs: ByEffort): PlannedProgram => ({
    program: {
      title: `${titleOf(struck, beside)}; at gate ${fault.gate} ${struck.name} ${describeFault(fault.kind)}`,
      scripts: [alone(again), alone(beside)],
      fault: { ...fault, session: 0 },
    },
    runs,
  });
  const everywhere = (["cancel", "terminate"] as const).flatMap((kind) =>
    Array.from({ length: mostGates }, (_, index) =>
      plan({ kind, gate: index + 2 }, { quick: 0, default: 0, thorough: Infinity }),
    ),
  );
  const last = (["terminate", "drop"] as const).map((kind) =>
    plan({ kind, gate: "last" }, { quick: 0, default: 3, thorough: Infinity }),
  );
  return [...last, ...everywhere];
}

/** From the second on: at the first one a call has touched nothing. */
const mostGates = 14;

function titleOf(one: Doing, other: Doing): string {
  return `${one.name} beside ${other.name}`;
}

function alone({ name, acts }: Doing): Script {
  return { name, isolation: "read committed", acts };
}
